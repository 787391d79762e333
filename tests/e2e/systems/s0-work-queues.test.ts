// Spec: a subscriber receives the changes of the work queues that it may read.
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
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
import { systemTestNeeding } from '../support/system-test';
import { createQueue, drain } from '../support/work-queues/queue';

/** Acknowledges the item `id`. */
const SCRIPT = `printf '{"queue_ack":{"items":[{"id":%s,"status":"completed"}]}}' "$id"`;

const testWithSockets = systemTestNeeding('notify.executions', 'notify.scoping', 'rbac');
const QUEUE_FILTERS = ['entity_type:work_queue', 'entity_type:work_queue_item'];

testWithSockets('S0-53 a subscriber receives the changes of queues that it may read', async (ctx) => {
  const reader = await openNotifierSocket(ctx, QUEUE_FILTERS);
  const { token } = await createTestUser(ctx, 'core.executor');
  const other = await openNotifierSocket(ctx, [...QUEUE_FILTERS, 'entity_type:execution'], token);
  const action = await createScriptAction(ctx, await ctx.ownPack(), SCRIPT);
  const ref = await createQueue(ctx, action, { action_params: { id: '{{ queue_item.id }}' } });
  const { id: queue } = await ctx.client.queues.get(ref);
  const { id } = await ctx.client.queues.enqueue(ref, { payload: {}, item_key: 'k' });

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
