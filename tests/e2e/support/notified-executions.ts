import { createClient } from '../../../helpers/client/client';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { inParallel } from '../../../helpers/in-parallel';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { notificationsToArrive, type Notification } from '../../../helpers/scenario/resources/notifications';

interface NoopOptions {
  /** The administrator's by default. */
  readonly token?: string;
  /** Requests in parallel. */
  readonly concurrency?: number;
}

/**
 * Starts this many executions of `core.noop`. They end by themselves, so the context neither
 * records nor cancels them. Returns their ids.
 */
export async function runNoops(
  { facts }: Context,
  count: number,
  { token = facts.token, concurrency = 8 }: NoopOptions = {},
): Promise<Set<number>> {
  const client = createClient({ baseUrl: facts.url, token });
  const ids = new Set<number>();
  await inParallel(count, concurrency, async () => {
    ids.add((await client.executions.execute({ action_ref: 'core.noop' })).id);
  });
  return ids;
}

const isCompletion = ({ notification_type, payload }: Notification): boolean =>
  notification_type === 'execution_status_changed' && payload.status === 'completed';

/** Waits until the socket has received the completion of each of these executions. */
export const waitForCompletions = (ctx: Context, socket: NotifierSocket, ids: ReadonlySet<number>) =>
  until(
    notificationsToArrive(ids.size, 'completion', socket, (one) => isCompletion(one) && ids.has(one.entity_id)),
    ctx.deadline,
  );
