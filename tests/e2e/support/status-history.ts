import type { Status } from '../../../contract/status';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import type { Context } from '../../../helpers/scenario/context';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  isAbout,
  notificationsToArrive,
  statusChangesByExecution,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';

/**
 * Waits for the one notification of an execution's final status, and proves that no change of its
 * status follows. Returns the notifications of its creation and of each change, oldest first.
 */
export async function statusHistory(
  ctx: Context,
  socket: NotifierSocket,
  id: number,
  goal: Status,
): Promise<Notification[]> {
  const isEnd = (one: Notification) =>
    isAbout('execution', id)(one) &&
    one.notification_type === 'execution_status_changed' &&
    one.payload.status === goal;
  const end = notificationsToArrive(1, `${goal} of execution ${id}`, socket, isEnd);
  const history = () => statusChangesByExecution(socket, new Set([id])).get(id) ?? [];
  await until(end, ctx.deadline);
  const whole = history();
  await stays(history, whole, end, ctx.quietMs, ctx.deadline);
  return whole;
}
