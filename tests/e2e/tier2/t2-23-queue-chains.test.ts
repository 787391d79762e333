// Spec: what follows an item is reported, and of its chain.
import { claim } from '../../../helpers/scenario/claim';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { addItems, createQueue, drain, executionsOf, literal, untilLeasable } from '../support/work-queues/queue';
import { createQueueRule, payloadsOf } from '../support/work-queues/queue-events';

const NEEDS = ['core', 'ledger.shared'];

claim('T2.23m', NEEDS, 'a queue reports its first lease and its end each time', async (ctx) => {
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const config = { dispatch: { batch_size: literal(2), retry_limit: 1 } }; // each is tried twice
  const ref = await createQueue(ctx, action, { batch_mode: 'batch', config });
  const { id: queue_id } = await ctx.client.queues.get(ref);
  const [started, empty] = [await createQueueRule(ctx, 'started', ref), await createQueueRule(ctx, 'empty', ref)];

  await addItems(
    ctx,
    ref,
    [1, 2, 3].map((payload) => ({ payload })),
  );
  await untilLeasable(ctx);
  await drain(ctx, ref);
  await payloadsOf(ctx, empty, 1);
  await addItems(ctx, ref, [{ payload: 4 }]);
  const found = [await payloadsOf(ctx, started, 2), await payloadsOf(ctx, empty, 2)];

  const ids = (await executionsOf(ctx, action)).map(({ id }) => id);
  const common = { queue_id, queue_ref: ref, pack_ref: null, dispatch_action_ref: action };
  const event = (event_type: string, execution_id: number | undefined, leased_item_count: number) =>
    expect.objectContaining({ ...common, event_type, execution_id, leased_item_count }) as object;
  expect(found).toEqual([
    [event('queue_started', ids[0], 2), event('queue_started', ids[4], 1)],
    [event('queue_empty', ids[3], 1), event('queue_empty', ids[5], 1)],
  ]);
  expect(ids).toHaveLength(6);
});

const CHAINED = [...NEEDS, 'keys.from_actions', 'runtimes.node', 'events.causation'];

claim('T2.23n', CHAINED, 'what follows an item that an action added is of its chain', async (ctx) => {
  await ctx.pack('e2e-api');
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const config = { dispatch: { batch_size: literal(2) } };
  const ref = await createQueue(ctx, action, { batch_mode: 'batch', config });
  const empty = await createQueueRule(ctx, 'empty', ref);
  await addItems(ctx, ref, [{ payload: {} }]);

  const { id } = await runToEnd(ctx, 'enqueue-item', { queue: ref, payload: {} });
  await untilLeasable(ctx);
  await ctx.client.queues.update(ref, { enabled: true });
  await payloadsOf(ctx, empty, 1);

  const chain = await ctx.client.executions.list({ correlation_id: `execution:${id}` });
  const ofRule = (await ctx.client.executions.list({ rule_ref: empty })).map((execution) => execution.id);
  const [processed] = await executionsOf(ctx, action);
  expect(ofRule).toHaveLength(1);
  expect(chain.map((execution) => execution.id).sort((a, b) => a - b)).toEqual([id, processed!.id, ...ofRule]);
});

/** Who adds an item, and then another one with its key; whose chain the item is of. */
const ADDED_TWICE = {
  'a user, then an action': { adds: ['user', 'action'], chain: 'action' },
  'an action, then a user': { adds: ['action', 'user'], chain: 'action' },
  'an action, then a task': { adds: ['action', 'task'], chain: 'task' },
  'a task, then an action': { adds: ['task', 'action'], chain: 'task' },
} as const;

claim('T2.23p', CHAINED, 'an item that is added twice is of the deeper of both chains', async (ctx) => {
  await ctx.pack('e2e-api');
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const [item_key, payload] = ['key', {}];
  const nested = { queue: '{{ parameters.queue }}', payload, item_key };
  const flow = await ctx.workflow([{ name: 'T', action: ctx.action('enqueue-item'), input: nested }], {
    parameters: { queue: { type: 'string', required: true } },
  });
  const adders = {
    user: (queue: string) => ctx.client.queues.enqueue(queue, { item_key, payload }),
    action: (queue: string) => runToEnd(ctx, 'enqueue-item', { queue, payload, item_key }),
    task: (queue: string) => runToEnd(ctx, flow.ref, { queue }),
  };

  const found = Object.entries(ADDED_TWICE).map(async ([name, { adds, chain }]) => {
    const queue = await createQueue(ctx, action, { allow_pending_update: true });
    const first = await adders[adds[0]](queue);
    const second = await adders[adds[1]](queue);
    return { name, queue, expected: `execution:${(adds[0] === chain ? first : second).id}` };
  });
  const queues = await Promise.all(found);
  await untilLeasable(ctx);
  await Promise.all(queues.map(({ queue }) => drain(ctx, queue)));

  const processed = (await executionsOf(ctx, action)).map(({ correlation_id }) => correlation_id);
  expect(processed.sort()).toEqual(queues.map(({ expected }) => expected).sort());
});
