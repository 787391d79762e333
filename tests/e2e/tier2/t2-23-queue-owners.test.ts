// Spec: a work queue acts for who created it, hands out no secret, and reports its runs.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays } from '../../../helpers/scenario/polling';
import { runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import {
  addItems,
  createQueue,
  drain,
  executionsOf,
  itemsAtEnd,
  literal,
  statusesOf,
  untilLeasable,
} from '../support/work-queues/queue';
import { createQueueRule, payloadsOf } from '../support/work-queues/queue-events';
import { SECRET_WAYS, SHOWN_ITEMS } from '../support/work-queues/secret-ways';

const NEEDS = ['core', 'ledger.shared'];

/** A queue of a new user, with an item; it is enabled by the test's own user. */
const queueOfUser = async (ctx: Context) => {
  const { id, client } = await createTestUser(ctx, 'core.editor');
  const ref = await createQueue(ctx, 'core.noop', {}, client);
  await addItems(ctx, ref, [{ payload: {} }]);
  return { id, ref };
};

claim('T2.23k', [...NEEDS, 'rbac'], 'a queue starts nothing while its owner may not', async (ctx) => {
  const { identities, permissions, queues } = ctx.client;
  const [frozen, denied, control] = [await queueOfUser(ctx), await queueOfUser(ctx), await queueOfUser(ctx)];
  await identities.freeze(frozen.id);
  const [assignment] = await permissions.assignments(denied.id);
  await permissions.unassign(assignment!.id);

  await queues.update(frozen.ref, { enabled: true });
  await queues.update(denied.ref, { enabled: true });
  await drain(ctx, control.ref);
  const look = async () => [...(await statusesOf(ctx, frozen.ref)), ...(await statusesOf(ctx, denied.ref))];
  const fence = predicateToHold('the other queue to be empty', () => true);
  await stays(look, ['queued', 'queued'], fence, ctx.quietMs, ctx.deadline);
  await identities.unfreeze(frozen.id);
  await permissions.assign({ identity_id: denied.id, permission_set_ref: 'core.executor' });
  await queues.update(denied.ref, { label: 'notifies' });

  await itemsAtEnd(ctx, frozen.ref);
  await itemsAtEnd(ctx, denied.ref);
  expect(await look()).toEqual(['failed', 'failed']);
});

claim(
  'T2.23l',
  [...NEEDS, 'secrets.redaction', 'executions.parameters_validated'],
  'a secret of an item gets into secret parameters only',
  async (ctx) => {
    const pack_ref = await ctx.ownPack();
    await ctx.client.packs.update(pack_ref, { conf_schema: { token: { type: 'string', secret: true } } });
    const text = { type: 'string' };
    const declared = await createScriptAction(ctx, pack_ref, 'exit 0', {
      token: { ...text, secret: true },
      name: text,
      text,
    });
    const plain = await createScriptAction(ctx, pack_ref, 'exit 0', { token: text, items: { type: 'array' }, text });
    const secret = { ...text, secret: true };
    const list = { type: 'array', secret: true };
    const taking = await createScriptAction(ctx, pack_ref, 'exit 0', { token: secret, item: secret, items: list });
    const rows = Object.entries(SECRET_WAYS);

    const statuses = rows.map(async ([name, { isDeclared, parts }]) => {
      const queue = { ref: ctx.name('queue'), label: name, enabled: false, ...parts, pack_ref };
      const create = ctx.client.queues.create({ ...queue, dispatch_action_ref: isDeclared ? declared : plain });
      return [name, await rejectionStatus(create)] as const;
    });

    expect(Object.fromEntries(await Promise.all(statuses))).toEqual(
      Object.fromEntries(rows.map(([name, { refused }]) => [name, refused])),
    );
    for (const [item_schema, payload, shown] of SHOWN_ITEMS(ctx.nonce)) {
      const ref = await createQueue(ctx, taking, { item_schema });
      const added = await ctx.client.queues.enqueue(ref, { payload });
      const changed = await ctx.client.queues.updateItem(ref, added.id, { payload });
      const [listed] = await ctx.client.queues.items(ref);
      expect([added, changed, listed].map((item) => item?.payload)).toEqual([shown, shown, shown]);
    }
  },
);

claim('T2.23m', NEEDS, 'a queue reports its first lease and its end each time', async (ctx) => {
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const config = { dispatch: { batch_size: literal(2) } };
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

  const [first, second, last] = (await executionsOf(ctx, action)).map(({ id }) => id);
  const common = { queue_id, queue_ref: ref, pack_ref: null, dispatch_action_ref: action };
  const event = (event_type: string, execution_id: number | undefined, leased_item_count: number) =>
    expect.objectContaining({ ...common, event_type, execution_id, leased_item_count }) as object;
  expect(found).toEqual([
    [event('queue_started', first, 2), event('queue_started', last, 1)],
    [event('queue_empty', second, 1), event('queue_empty', last, 1)],
  ]);
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
