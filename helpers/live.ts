import type { Notification } from '../contract/notifications';
import { openLive, type Live } from './client/live';
import type { Context } from './context';
import { liveUrl } from './live-address';
import type { Condition } from './polling';

export const liveAddress = ({ facts }: Context): string => liveUrl(facts.url, facts.capabilities, process.env);

/** A socket of the test's own, listening by the time it is answered; it ends with the test. */
export async function listen(ctx: Context, filters: readonly string[], token = ctx.facts.token): Promise<Live> {
  const live = await openLive({ url: liveAddress(ctx), token });
  ctx.defer(() => live[Symbol.asyncDispose]());
  if (filters.length > 0) await live.subscribe(...filters);
  return live;
}

export type { Notification } from '../contract/notifications';

/** It is about this row. */
export const isAbout =
  (type: Notification['entity_type'], id: number) =>
  ({ entity_type, entity_id }: Notification): boolean =>
    entity_type === type && entity_id === id;

/** What became of each of these executions, as it was told: from its creation, change by change. */
export function changesOf(live: Live, ids: ReadonlySet<number>): Map<number, Notification[]> {
  const stories = new Map<number, Notification[]>();
  for (const one of live.notifications) {
    if (!ids.has(one.entity_id) || !CHANGES.includes(one.notification_type)) continue;
    stories.set(one.entity_id, [...(stories.get(one.entity_id) ?? []), one]);
  }
  return stories;
}

/** From its creation to its completion each change begins with what the one before it ended with: none is missing or doubled. */
export function isUnbroken([created, ...changes]: readonly Notification[]): boolean {
  const statuses = [created?.payload.status, ...changes.map(({ payload }) => payload.status)];
  return (
    created?.notification_type === 'execution_created' &&
    statuses.at(-1) === 'completed' &&
    new Set(statuses).size === statuses.length &&
    changes.every(({ payload }, n) => payload.old_status === statuses[n])
  );
}

const CHANGES: readonly Notification['notification_type'][] = ['execution_created', 'execution_status_changed'];

/** What was told so far of those that are wanted. */
export const told = (live: Live, wanted: (notification: Notification) => boolean): Notification[] =>
  live.notifications.filter(wanted);

/** So many of those that are wanted have come. Impossible once the socket has ended, or more have come. */
export const toBeTold = (
  n: number,
  what: string,
  live: Live,
  wanted: (notification: Notification) => boolean,
): Condition<Notification[]> => ({
  name: `${n} × ${what} to be told`,
  look: () => {
    const got = told(live, wanted);
    if (got.length === n) return Promise.resolve({ is: 'met', value: got });
    if (got.length > n) return Promise.resolve({ is: 'impossible', why: `${got.length} have come` });
    const { ended } = live;
    if (ended) return Promise.resolve({ is: 'impossible', why: `the socket ended: ${ended.code} ${ended.reason}` });
    return Promise.resolve({ is: 'pending', why: `${got.length} have come` });
  },
  evidence: () =>
    Promise.resolve(
      live.notifications
        .slice(-20)
        .map(
          ({ notification_type, entity_id, payload: { status = '' } }) => `${notification_type} ${entity_id} ${status}`,
        )
        .join('\n'),
    ),
});

/** The socket was ended by the platform. */
export const toEnd = (live: Live): Condition<{ code: number; reason: string }> => ({
  name: 'the socket to be closed',
  look: () => Promise.resolve(live.ended ? { is: 'met', value: live.ended } : { is: 'pending', why: 'it is open' }),
  evidence: () => Promise.resolve(`${live.notifications.length} notifications came`),
});
