import { secondsBetween } from '../../instant';
import type { TimeContext } from '../context';
import type { Occurrence } from './timer-rule';

/**
 * A timer fired so many seconds after an instant, RFC 3339: by its payloads, and by the record of
 * its events, which a payload that only copies the planned instant does not change.
 */
export function expectFires(
  { time }: Pick<TimeContext, 'time'>,
  occurrences: readonly Pick<Occurrence, 'payload' | 'event'>[],
  since: string,
  promised: readonly number[],
): void {
  const secondsTo = (instantOf: (fire: Pick<Occurrence, 'payload' | 'event'>) => unknown): number[] =>
    occurrences.map((fire) => secondsBetween(since, String(instantOf(fire))));
  time.expectSeconds(
    secondsTo(({ payload }) => payload.fired_at),
    promised,
  );
  time.expectSeconds(
    secondsTo(({ event }) => event.created),
    promised,
  );
}
