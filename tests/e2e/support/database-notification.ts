import type { Condition } from '../../../helpers/scenario/polling';

/** A matching payload has arrived. The value is all matching payloads. */
export const databaseNotificationToArrive = (
  payloads: readonly string[],
  predicate: (payload: string) => boolean,
): Condition<string[]> => ({
  name: 'a notification of the database',
  check: () => {
    const matching = payloads.filter(predicate);
    return matching.length > 0
      ? { is: 'met', value: matching }
      : { is: 'pending', why: `${payloads.length} other notifications arrived` };
  },
  evidence: () => payloads.slice(-5).join('\n'),
});
