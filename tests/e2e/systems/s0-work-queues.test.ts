// Spec: a work queue hands each item to an execution, whose acknowledgement decides its end.
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import {
  isAbout,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { systemTest, systemTestNeeding } from '../support/system-test';

type NewQueue = Parameters<Context['client']['queues']['create']>[0];

/** Acknowledges the item `id` with the status `end`, or nothing where that is `none`. */
const SCRIPT = `sleep 0.2
[ "$end" = none ] && exit 0
printf '{"queue_ack":{"version":1,"items":[{"id":%s,"status":"%s"}]}}\\n' "$id" "$end"`;

/** A queue, disabled so that items are added before the first is leased. */
async function createQueue(ctx: Context, more: Partial<NewQueue> = {}) {
  const action = await createScriptAction(ctx, await ctx.ownPack(), SCRIPT);
  const { ref } = await ctx.client.queues.create({
    ref: ctx.name('queue'),
    label: 'Work',
    dispatch_action_ref: action,
    enabled: false,
    action_params: { id: '{{ queue_item.id }}', end: '{{ item.end }}', n: '{{ item.n }}' },
    ...more,
  });
  ctx.defer(() => ctx.client.queues.remove(ref));
  return { ref, action };
}

const statusesOf = async ({ client }: Context, ref: string): Promise<string[]> =>
  (await client.queues.items(ref)).map(({ status }) => status);

/** Enables the queue and waits until it has no item left to lease. */
async function drain(ctx: Context, ref: string): Promise<void> {
  await ctx.client.queues.update(ref, { enabled: true });
  const isDrained = async () =>
    !(await statusesOf(ctx, ref)).some((status) => ['queued', 'retry', 'leased'].includes(status));
  await until(predicateToHold(`the items of ${ref} to end`, isDrained), ctx.deadline);
}

/** Its executions, oldest first. */
async function executionsOf({ client }: Context, action: string) {
  const found = await client.executions.list({ action_ref: action });
  return Promise.all(found.reverse().map(({ id }) => client.executions.get(id)));
}

systemTest('S0-50 items are processed by priority, one at a time', async (ctx) => {
  const { ref, action } = await createQueue(ctx);
  for (const n of [1, 2, 3]) await ctx.client.queues.enqueue(ref, { payload: { n, end: 'completed' }, priority: n });

  await drain(ctx, ref);

  expect(await statusesOf(ctx, ref)).toEqual(['completed', 'completed', 'completed']);
  const executions = await executionsOf(ctx, action);
  expect(executions.map(({ status, config }) => [status, config?.n])).toEqual([3, 2, 1].map((n) => ['completed', n]));
  const starts = executions.map(({ started_at }) => Date.parse(started_at!));
  expect(starts[1]! - starts[0]!).toBeGreaterThanOrEqual(200);
  expect(starts[2]! - starts[1]!).toBeGreaterThanOrEqual(200);
});

systemTest('S0-51 an item that is not acknowledged is tried again, then fails', async (ctx) => {
  const { ref, action } = await createQueue(ctx, { config: { dispatch: { retry_limit: 1 } } });
  await ctx.client.queues.enqueue(ref, { payload: { n: 1, end: 'none' } });
  await ctx.client.queues.enqueue(ref, { payload: { n: 2, end: 'retry' } });
  await ctx.client.queues.enqueue(ref, { payload: { n: 3, end: 'skipped' } });

  await drain(ctx, ref);

  const items = await ctx.client.queues.items(ref);
  expect(items.map(({ status, attempt_count }) => [status, attempt_count])).toEqual([
    ['failed', 2],
    ['failed', 2],
    ['skipped', 1],
  ]);
  expect(items[1]!.ack_summary).toEqual({ status: 'retry', effective_status: 'failed' });
  const executions = await executionsOf(ctx, action);
  const errors = executions.filter(({ config }) => config?.n === 1).map(({ status, result }) => [status, result]);
  const error = { code: 'QUEUE_ACK_MISSING', message: 'the output has no queue_ack' };
  const failed: unknown[] = ['failed', expect.objectContaining({ succeeded: false, queue_ack_error: error })];
  expect(errors).toEqual([failed, failed]);
});

systemTest('S0-52 only a pending item is changed, by its key or its id', async (ctx) => {
  const { client } = ctx;
  const { ref } = await createQueue(ctx, { allow_pending_update: true, update_strategy: 'merge_patch' });
  const { id } = await client.queues.enqueue(ref, { item_key: 'k', payload: { n: 1, old: 1, end: 'completed' } });

  const merged = await client.queues.enqueue(ref, { item_key: 'k', payload: { n: 2, old: null } });

  expect([merged.id, merged.payload]).toEqual([id, { n: 2, end: 'completed' }]);
  await drain(ctx, ref);
  await expect(client.queues.updateItem(ref, id, { priority: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  await client.queues.update(ref, { accepting_new_items: false });
  await expect(client.queues.enqueue(ref, { payload: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await statusesOf(ctx, ref)).toEqual(['completed']);
});

const testWithSockets = systemTestNeeding('notify.executions', 'notify.scoping', 'rbac');
const QUEUE_FILTERS = ['entity_type:work_queue', 'entity_type:work_queue_item'];

testWithSockets('S0-53 a subscriber receives the changes of queues that it may read', async (ctx) => {
  const reader = await openNotifierSocket(ctx, QUEUE_FILTERS);
  const { token } = await createTestUser(ctx, 'core.executor');
  const other = await openNotifierSocket(ctx, [...QUEUE_FILTERS, 'entity_type:execution'], token);
  const { ref, action } = await createQueue(ctx);
  const { id: queue } = await ctx.client.queues.get(ref);
  const { id } = await ctx.client.queues.enqueue(ref, { payload: { n: 1, end: 'completed' }, item_key: 'k' });

  await drain(ctx, ref);
  const [run] = await until(executionsToBe('completed', 1, ctx.client, { action_ref: action }), ctx.deadline);

  const ofItem = isAbout('work_queue_item', id);
  const isItemEnd = (notification: Notification) => ofItem(notification) && notification.payload.status === 'completed';
  await until(notificationsToArrive(1, 'completed item', reader, isItemEnd), ctx.deadline);
  expect(notificationsMatching(reader, isAbout('work_queue', queue))[0]).toMatchObject({
    notification_type: 'work_queue_created',
    payload: { ref, enabled: false, dispatch_action_ref: action },
  });
  const changes = notificationsMatching(reader, ofItem);
  expect(changes.map(({ notification_type: type, payload }) => [type, payload.old_status, payload.status])).toEqual([
    ['work_queue_item_created', undefined, 'queued'],
    ['work_queue_item_updated', 'queued', 'leased'],
    ['work_queue_item_updated', 'leased', 'completed'],
  ]);
  expect(changes.at(-1)!.payload).not.toHaveProperty('payload');

  const isRunEnd = (notification: Notification) =>
    isAbout('execution', run!.id)(notification) && notification.payload.status === 'completed';
  await until(notificationsToArrive(1, 'completed execution', other, isRunEnd), ctx.deadline);
  expect(notificationsMatching(other, ({ entity_type: type }) => type.startsWith('work_queue'))).toEqual([]);
});
