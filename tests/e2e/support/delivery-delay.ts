import { parseInstant } from '../../../helpers/instant';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import type { Context } from '../../../helpers/scenario/context';
import type { Notification } from '../../../helpers/scenario/resources/notifications';
import { expectWithin } from '../../../helpers/scenario/upper-bound';

/** The nearest wrong delay: of a subscriber that polls for changes, ms. */
const MARGIN_MS = 5_000;

/** Each notification arrived at most by the host's slack after the instant of its change. */
export function expectPrompt(ctx: Context, socket: NotifierSocket, notifications: readonly Notification[]): void {
  const delays = notifications.map((one) => ({
    what: `${one.notification_type} of ${one.entity_type} ${one.entity_id}`,
    measured: socket.arrivedAt(one) + ctx.facts.clockOffsetMs - instantOf(one),
    nominal: 0,
    margin: MARGIN_MS,
  }));
  expectWithin(ctx.slackMs('mark'), ...delays);
}

/** The instant of the change, epoch ms. */
function instantOf({ notification_type, entity_id, payload }: Notification): number {
  const instant = payload.updated ?? payload.created;
  if (typeof instant !== 'string') throw new Error(`${notification_type} of ${entity_id} has no instant`);
  return parseInstant(instant);
}
