import { parseInstant } from '../../../helpers/instant';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import type { Context } from '../../../helpers/scenario/context';
import type { Notification } from '../../../helpers/scenario/resources/notifications';

/** Each notification arrived at the instant of its change. */
export function expectPrompt(ctx: Context, socket: NotifierSocket, notifications: readonly Notification[]): void {
  const delaysMs = notifications.map((one) => socket.arrivedAt(one) + ctx.facts.clockOffsetMs - instantOf(one));
  ctx.expectAtMost(0, ...delaysMs.map((ms) => ms / 1_000));
}

/** The instant of the change, epoch ms. */
function instantOf({ notification_type, entity_id, payload }: Notification): number {
  const instant = payload.updated ?? payload.created;
  if (typeof instant !== 'string') throw new Error(`${notification_type} of ${entity_id} has no instant`);
  return parseInstant(instant);
}
