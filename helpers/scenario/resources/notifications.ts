import type { Notification } from '../../../contract/notifications';
import type { Status } from '../../../contract/status';
import { awaitWelcome, connectNotifier, openWebSocket, type NotifierSocket } from '../../client/notifier-socket';
import type { Context } from '../context';
import { resolveNotifierUrl } from '../../target/notifier-address';
import type { Condition } from '../polling';

export const notifierUrl = ({ facts }: Context): string =>
  resolveNotifierUrl(facts.url, facts.capabilities, process.env);

/** Opens a notifier socket with these subscriptions in effect; it is closed after the test. */
export async function openNotifierSocket(
  ctx: Context,
  filters: readonly string[],
  token = ctx.facts.token,
): Promise<NotifierSocket> {
  const socket = await connectNotifier({ url: notifierUrl(ctx), token });
  ctx.defer(() => socket[Symbol.asyncDispose]());
  if (filters.length > 0) await socket.subscribe(...filters);
  return socket;
}

/** The notifier rejects a connection without a token. */
export const expectTokenRequired = (ctx: Context): Promise<void> =>
  expect(awaitWelcome(openWebSocket(notifierUrl(ctx), [], {}))).rejects.toMatchObject({ status: 401 });

/** The header takes the scheme in any case; without it, a sub-protocol has the token. */
export async function expectTokenAccepted(ctx: Context): Promise<void> {
  const url = notifierUrl(ctx);
  const { token } = ctx.facts;
  const headers = ['Bearer', 'bearer', 'BEARER'].map((scheme) => ({ authorization: `${scheme} ${token}` }));
  const ways = [...headers.map((each) => [[], each] as const), [['attune.v1', `attune.jwt.${token}`], {}] as const];
  for (const [protocols, sent] of ways) {
    await using socket = await awaitWelcome(openWebSocket(url, protocols, sent));
    expect(socket.closeEvent).toBeNull();
  }
}

export type { Notification } from '../../../contract/notifications';
export { isAbout } from '../change-filters';

/**
 * The notifications of creation and status changes of these executions, by execution, oldest
 * first.
 */
export function statusChangesByExecution(
  socket: NotifierSocket,
  ids: ReadonlySet<number>,
): Map<number, Notification[]> {
  const changesById = new Map<number, Notification[]>();
  for (const one of socket.notifications) {
    if (!ids.has(one.entity_id) || !STATUS_CHANGE_TYPES.includes(one.notification_type)) continue;
    changesById.set(one.entity_id, [...(changesById.get(one.entity_id) ?? []), one]);
  }
  return changesById;
}

/**
 * Whether the notifications lead from creation to the final status, each change starting at the
 * previous status: none is missing or repeated.
 */
export function isContiguousHistory(
  [created, ...changes]: readonly Notification[],
  goal: Status = 'completed',
): boolean {
  const statuses = [created?.payload.status, ...changes.map(({ payload }) => payload.status)];
  return (
    created?.notification_type === 'execution_created' &&
    statuses.at(-1) === goal &&
    new Set(statuses).size === statuses.length &&
    changes.every(({ payload }, n) => payload.old_status === statuses[n])
  );
}

const STATUS_CHANGE_TYPES: readonly Notification['notification_type'][] = [
  'execution_created',
  'execution_status_changed',
];

/** The matching notifications received so far. */
export const notificationsMatching = (
  socket: NotifierSocket,
  predicate: (notification: Notification) => boolean,
): Notification[] => socket.notifications.filter(predicate);

/** Notifications that a failed wait shows. */
const EVIDENCE_ROWS = 20;

const describeNotification = ({ notification_type, entity_id, payload: { status = '' } }: Notification): string =>
  `${notification_type} ${entity_id} ${status}`;

/**
 * Exactly `n` matching notifications have arrived. Impossible with more, or once the socket is
 * closed.
 */
export const notificationsToArrive = (
  n: number,
  subject: string,
  socket: NotifierSocket,
  predicate: (notification: Notification) => boolean,
): Condition<Notification[]> => ({
  name: `${n} × ${subject} notification`,
  check: () => {
    const matching = notificationsMatching(socket, predicate);
    if (matching.length === n) return { is: 'met', value: matching };
    if (matching.length > n) return { is: 'impossible', why: `${matching.length} arrived` };
    const { closeEvent } = socket;
    if (closeEvent) return { is: 'impossible', why: `the socket was closed: ${closeEvent.code} ${closeEvent.reason}` };
    return { is: 'pending', why: `${matching.length} arrived` };
  },
  evidence: () => socket.notifications.slice(-EVIDENCE_ROWS).map(describeNotification).join('\n'),
});

/** The platform has closed the socket. */
export const socketToClose = (socket: NotifierSocket): Condition<{ code: number; reason: string }> => ({
  name: 'the socket to be closed',
  check: () => (socket.closeEvent ? { is: 'met', value: socket.closeEvent } : { is: 'pending', why: 'it is open' }),
  evidence: () => `${socket.notifications.length} notifications arrived`,
});
