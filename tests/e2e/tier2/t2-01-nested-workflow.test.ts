// Spec: a workflow that calls a workflow waits for it; data, failure and cancellation travel the whole depth and no further.
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe, pidsToBeat } from '../../../helpers/conditions';
import { IN_BOTH_CLOCKS, ascending, precedes, run } from '../../../helpers/intervals';
import { descendants, taskOf } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { isAlive } from '../../../helpers/processes';
import { onSuccess, task, type Task, type WorkflowParts } from '../../../helpers/workflow';

const NEEDS = ['executions.intervals', 'ledger.shared'];

/** root calls mid1 calls mid2 calls the leaf. On each level a task `after-…` waits for the call to succeed. */
const callDown = async (ctx: Context, leaf: Task, parts: WorkflowParts = {}): Promise<number> => {
  const level = (call: Task, name: string) => {
    const after = task(ctx, `after-${call.name}`, 'append-ledger');
    return ctx.workflow([{ ...call, next: [onSuccess(after.name)] }, after], { ...parts, name });
  };
  const mid2 = await level(leaf, 'mid2');
  const mid1 = await level({ name: 'mid2', action: mid2.ref }, 'mid1');
  const root = await level({ name: 'mid1', action: mid1.ref }, 'root');
  return (await ctx.client.executions.execute({ action_ref: root.ref })).id;
};

const AFTER = ['after-leaf', 'after-mid2', 'after-mid1'];
const runsAfter = (ctx: Context) => AFTER.map((name) => ctx.ledger.count(ctx.signed(name).key));

claim(
  'T2.1a',
  NEEDS,
  'a parent waits for a child workflow of two ordered tasks and receives their output',
  async (ctx) => {
    await ctx.pack('e2e');
    const v = '{{ parameters.v }}';
    const tasks = [task(ctx, 't1', 'echo-params', { v }, onSuccess('t2')), task(ctx, 't2', 'echo-params', { v })];
    const child = await ctx.workflow(tasks, { name: 'child', output_map: { v: '{{ task.t2.params.v }}' } });
    const call = { name: 'call', action: child.ref, input: { v: ctx.nonce } };
    const parent = await ctx.workflow([call], { output_map: { v: '{{ task.call.v }}' } });

    const { id } = await ctx.client.executions.execute({ action_ref: parent.ref });
    const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

    const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
    const [called, t1, t2] = nodes;
    expect(nodes.map((node) => [taskOf(node), node.parent, node.status])).toEqual([
      ['call', id, 'completed'],
      ['t1', called!.id, 'completed'],
      ['t2', called!.id, 'completed'],
    ]);
    expect(precedes(t1!, t2!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
    const starts = [root, called!, t1!].map((node) => run(node).start);
    expect(starts).toEqual(ascending(starts));
    const finishes = [t2!, called!, root].map((node) => run(node).finish);
    expect(finishes).toEqual(ascending(finishes));
    const records = await Promise.all([t1!, t2!].map((node) => ctx.client.executions.get(node.id)));
    expect(records.map(({ parent }) => parent)).toEqual([called!.id, called!.id]);
    expect(records.map(({ result }) => result)).toMatchObject(
      ['t1', 't2'].map((name) => ({ data: { params: { ...ctx.signed(name), v: ctx.nonce } } })),
    );
    expect(root.result).toEqual({ succeeded: true, v: ctx.nonce });
  },
);

claim('T2.1b', NEEDS, 'four levels form one chain and the value survives down and up', async (ctx) => {
  await ctx.pack('e2e');
  const down = (name: string, letter: string, action: string, v: string) =>
    ctx.workflow([{ name: 'down', action, input: { ...ctx.signed('leaf'), v: `{{ parameters.v }}${letter}` } }], {
      name,
      output_map: { v: `{{ task.down.${v} }}` },
    });
  const mid2 = await down('mid2', 'c', ctx.action('echo-params'), 'params.v');
  const mid1 = await down('mid1', 'b', mid2.ref, 'v');
  const top = await down('root', 'a', mid1.ref, 'v');

  const { id } = await ctx.client.executions.execute({ action_ref: top.ref, parameters: { v: ctx.nonce } });
  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const nodes = await descendants(ctx.client, id);
  const [first, second, leaf] = nodes.map(({ execution }) => execution);
  expect(
    nodes.map(({ execution, depth }) => [depth, execution.action_ref, execution.parent, execution.status]),
  ).toEqual([
    [1, mid1.ref, id, 'completed'],
    [2, mid2.ref, first!.id, 'completed'],
    [3, ctx.action('echo-params'), second!.id, 'completed'],
  ]);
  const { result } = await ctx.client.executions.get(leaf!.id);
  expect(result).toMatchObject({ data: { params: { ...ctx.signed('leaf'), v: `${ctx.nonce}abc` } } });
  expect(root.result).toEqual({ succeeded: true, v: `${ctx.nonce}abc` });
  const finishes = [leaf!, second!, first!, root].map((node) => run(node).finish);
  expect(finishes).toEqual(ascending(finishes));
});

claim('T2.1c', NEEDS, 'a leaf failure fails every ancestor and stops later siblings on every level', async (ctx) => {
  await ctx.pack('e2e');
  const id = await callDown(ctx, task(ctx, 'leaf', 'exit-with', { code: 9 }));

  const ended = executionToBe('failed', ctx.client, id);
  await stays(() => runsAfter(ctx), [0, 0, 0], ended, ctx.quietMs, ctx.deadline);

  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  expect(nodes.map((node) => [taskOf(node), node.status])).toEqual([
    ['mid1', 'failed'],
    ['mid2', 'failed'],
    ['leaf', 'failed'],
  ]);
  const ids = [id, ...nodes.map((node) => node.id)];
  const results = await Promise.all(ids.map(async (each) => (await ctx.client.executions.get(each)).result));
  expect(results).toMatchObject([
    ...['mid1', 'mid2', 'leaf'].map((below) => ({ error: `Workflow failed: 1 task(s) failed: ${below}` })),
    { exit_code: 9 },
  ]);
  expect(ctx.ledger.count(ctx.signed('leaf').key)).toBe(1);
});

const CANCELS = [...NEEDS, 'executions.cancel', 'host.processes'];

claim('T2.1d', CANCELS, 'cancelling the root stops the running leaf and nothing follows', async (ctx) => {
  await ctx.pack('e2e');
  const { key } = ctx.signed('leaf');
  const leaf = task(ctx, 'leaf', 'spawn-children-and-sleep');
  const id = await callDown(ctx, leaf, { cancellation_policy: 'cancel_running' });
  const children = await until(pidsToBeat(3, ctx.ledger, key, ctx.client, id), ctx.deadline);

  await ctx.client.executions.cancel(id);
  const answered = Date.now();
  const ended = executionToBe('cancelled', ctx.client, id);
  await stays(() => runsAfter(ctx), [0, 0, 0], ended, ctx.quietMs, ctx.deadline);

  const nodes = await descendants(ctx.client, id);
  expect(nodes.map(({ execution }) => [taskOf(execution), execution.status])).toEqual([
    ['mid1', 'cancelled'],
    ['mid2', 'cancelled'],
    ['leaf', 'cancelled'],
  ]);
  const lastBeat = Math.max(...ctx.ledger.entries(key, 'beat').map((beat) => beat.at));
  expect(judgeBound(lastBeat - answered, ctx.facts.killGraceMs, ctx.slackMs('mark'), 28_000)).toBe('within');
  const [leader] = ctx.ledger.entries(key, 'start');
  expect([leader!.pid, ...children].filter(isAlive)).toEqual([]);
});
