// Spec: a parent waits for its child workflow; data, failure and cancellation cross all levels.
import { expectWithin } from '../../../helpers/scenario/upper-bound';
import { claim, type Context } from '../../../helpers/scenario/claim';
import {
  executionToBe,
  pidsToWriteBeats,
  predicateToHold,
} from '../../../helpers/scenario/conditions/execution-conditions';
import { sortedAscending, recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { descendants, taskName } from '../../../helpers/scenario/resources/child-executions';
import { stays, until } from '../../../helpers/scenario/polling';
import { findRunning } from '../../../helpers/scenario/processes';
import { EnvironmentError } from '../../../helpers/errors';
import { parseInstant } from '../../../helpers/instant';
import { platformClock } from '../../../helpers/scenario/resources/platform-clock';
import { onSuccess, task, type Task, type WorkflowParts } from '../../../helpers/scenario/resources/workflow-task';
import { expectOrder } from '../../../helpers/scenario/expectations';
import { runCounts, runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['executions.intervals', 'ledger.shared'];

/**
 * Starts root → mid1 → mid2 → leaf. On each level, a task `after-…` runs if the call succeeds, and
 * also after a failure with `always`.
 */
const startNestedCalls = async (
  ctx: Context,
  leaf: Task,
  parts: WorkflowParts = {},
  always = false,
): Promise<number> => {
  const level = (call: Task, name: string) => {
    const after = task(ctx, `after-${call.name}`, 'append-ledger');
    const next = [always ? { do: [after.name] } : onSuccess(after.name)];
    return ctx.workflow([{ ...call, next }, after], { ...parts, name });
  };
  const mid2 = await level(leaf, 'mid2');
  const mid1 = await level({ name: 'mid2', action: mid2.ref }, 'mid1');
  const root = await level({ name: 'mid1', action: mid1.ref }, 'root');
  return (await ctx.client.executions.execute({ action_ref: root.ref })).id;
};

const LATER_TASKS = ['after-leaf', 'after-mid2', 'after-mid1'];
const runsOfLaterTasks = (ctx: Context) => runCounts(ctx, ...LATER_TASKS);
const NONE = Object.fromEntries(LATER_TASKS.map((name) => [name, 0]));

claim('T2.1a', NEEDS, 'a parent waits for its child workflow and receives its output', async (ctx) => {
  await ctx.pack('e2e');
  const v = '{{ parameters.v }}';
  const tasks = [task(ctx, 't1', 'echo-params', { v }, onSuccess('t2')), task(ctx, 't2', 'echo-params', { v })];
  const child = await ctx.workflow(tasks, {
    name: 'child',
    output_map: { v: '{{ task.t2.params.v }}', last: '{{ result().params.key }}' },
  });
  const call = { name: 'call', action: child.ref }; // without an input: it receives the parameters of its parent
  const output = { v: '{{ task.call.v }}', last: '{{ task.call.last }}', missing: '{{ task.call.no_such }}' };
  const parent = await ctx.workflow([call], { output_map: output });

  const { id } = await ctx.client.executions.execute({ action_ref: parent.ref, parameters: { v: ctx.nonce } });
  const root = await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  const [childWorkflow, t1, t2] = nodes;
  expect(nodes.map((node) => [taskName(node), node.parent, node.status])).toEqual([
    ['call', id, 'completed'],
    ['t1', childWorkflow!.id, 'completed'],
    ['t2', childWorkflow!.id, 'completed'],
  ]);
  expectOrder(ctx, [t1!, t2!]);
  // Attune records no start of a workflow
  const startOf = ctx.canProve('executions.finished_at') ? recordedInterval : workflowInterval;
  const starts = [root, childWorkflow!].flatMap((node) => [parseInstant(node.created), startOf(node).start]);
  starts.push(recordedInterval(t1!).start);
  expect(starts).toEqual(sortedAscending(starts));
  const finishes = [t2!, childWorkflow!, root].map((node) => workflowInterval(node).finish);
  expect(finishes).toEqual(sortedAscending(finishes));
  const records = await Promise.all([t1!, t2!].map((node) => ctx.client.executions.get(node.id)));
  expect(records.map(({ parent }) => parent)).toEqual([childWorkflow!.id, childWorkflow!.id]);
  expect(records.map(({ result }) => result)).toMatchObject(
    ['t1', 't2'].map((name) => ({ data: { params: { ...ctx.ledgerInput(name), v: ctx.nonce } } })),
  );
  expect(root.result).toEqual({ succeeded: true, v: ctx.nonce, last: ctx.ledgerInput('t2').key });
});

claim('T2.1b', NEEDS, 'four nested levels form one chain and pass a value down and up', async (ctx) => {
  await ctx.pack('e2e');
  const callLevel = (name: string, letter: string, action: string, v: string) =>
    ctx.workflow([{ name: 'down', action, input: { ...ctx.ledgerInput('leaf'), v: `{{ parameters.v }}${letter}` } }], {
      name,
      output_map: { v: `{{ task.down.${v} }}` },
    });
  const mid2 = await callLevel('mid2', 'c', ctx.action('echo-params'), 'params.v');
  const mid1 = await callLevel('mid1', 'b', mid2.ref, 'v');
  const top = await callLevel('root', 'a', mid1.ref, 'v');

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
  expect(result).toMatchObject({ data: { params: { ...ctx.ledgerInput('leaf'), v: `${ctx.nonce}abc` } } });
  expect(root.result).toEqual({ succeeded: true, v: `${ctx.nonce}abc` });
  if (ctx.canProve('executions.log')) {
    const tree = await ctx.client.executions.tree(id);
    const [one] = tree.children;
    expect([tree, one, one?.children[0], one?.children[0]?.children[0]].map((node) => node?.id)).toEqual(
      [root, first!, second!, leaf!].map((execution) => execution.id),
    );
  }
  const finishes = [leaf!, second!, first!, root].map((node) => workflowInterval(node).finish);
  expect(finishes).toEqual(sortedAscending(finishes));
});

claim('T2.1c', NEEDS, 'a failed leaf fails every ancestor and stops the tasks after it', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startNestedCalls(ctx, task(ctx, 'leaf', 'exit-with', { code: 9 }));

  const ended = executionToBe('failed', ctx.client, id);
  await stays(() => runsOfLaterTasks(ctx), NONE, ended, ctx.quietMs, ctx.deadline);

  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  expect(nodes.map((node) => [taskName(node), node.status])).toEqual([
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
  expect(runsOf(ctx, 'leaf')).toBe(1);
});

const CANCELS = [...NEEDS, 'executions.cancel', 'host.processes'];

claim('T2.1d', CANCELS, 'cancelling the root stops the running leaf and starts nothing else', async (ctx) => {
  await ctx.pack('e2e');
  const { key } = ctx.ledgerInput('leaf');
  const leaf = task(ctx, 'leaf', 'spawn-children-and-sleep');
  const id = await startNestedCalls(ctx, leaf, { cancellation_policy: 'cancel_running' }, true);
  await until(pidsToWriteBeats(3, ctx.ledger, key, ctx.client, id), ctx.deadline);

  await ctx.client.executions.cancel(id);
  const cancelledAt = platformClock(ctx).now();
  const ended = executionToBe('cancelled', ctx.client, id);
  await stays(() => runsOfLaterTasks(ctx), NONE, ended, ctx.quietMs, ctx.deadline);

  const { result } = await ctx.client.executions.get(id);
  expect(result).toMatchObject({ error: 'Workflow cancelled', succeeded: false });
  const nodes = await descendants(ctx.client, id);
  expect(nodes.map(({ execution }) => [taskName(execution), execution.status])).toEqual([
    ['mid1', 'cancelled'],
    ['mid2', 'cancelled'],
    ['leaf', 'cancelled'],
  ]);
  const lastBeat = Math.max(...ctx.ledger.entries(key, 'beat').map((beat) => beat.atMs));
  const bound = { measured: lastBeat - cancelledAt, nominal: ctx.facts.killGraceMs, margin: 28_000 };
  expectWithin(ctx.slackMs('mark'), { what: 'the last beat after the cancellation', ...bound });
  expect(findRunning(ctx.ledger.entries(key))).toEqual([]);
});

claim('T2.1e', NEEDS, 'an empty input is that of the parent, and a map may set `succeeded`', async (ctx) => {
  const inner = await ctx.workflow([{ name: 'own', action: 'core.noop', input: { message: 'own' } }], {
    name: 'inner',
  });
  const calls = [{ input: {} }, {}].map((input, n) => ({ name: `T${n}`, action: inner.ref, ...input }));
  const { ref: action_ref } = await ctx.workflow(calls, { output_map: { succeeded: '{{ 1 > 2 }}' } });
  const configsOf = async (parameters?: { v: string }) => {
    const { id } = await ctx.client.executions.execute({ action_ref, ...(parameters && { parameters }) });
    const { result } = await until(executionToBe('completed', ctx.client, id), ctx.deadline);
    expect(result).toEqual({ succeeded: false });
    const nodes = (await descendants(ctx.client, id)).map(({ execution }) => ctx.client.executions.get(execution.id));
    return (await Promise.all(nodes))
      .map(({ config }) => config)
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  };

  const own = { message: 'own' };
  expect(await configsOf({ v: ctx.nonce })).toEqual([own, own, { v: ctx.nonce }, { v: ctx.nonce }]);
  expect(await configsOf()).toEqual([own, own, null, null]);
});

const CANCELLED_TWICE = [...NEEDS, 'executions.cancel'];

claim('T2.1f', CANCELLED_TWICE, 'a second cancel changes nothing, and one after the end is rejected', async (ctx) => {
  await ctx.pack('e2e');
  const { cancel, execute } = ctx.client.executions;
  const { id } = await execute({ action_ref: ctx.action('ignore-term'), parameters: ctx.ledgerInput('T') });
  const isRunning = predicateToHold('the process to run', () => runsOf(ctx, 'T') === 1);
  await until(isRunning, ctx.deadline);

  const requestedAt = performance.now();
  const requested = await Promise.allSettled([cancel(id), cancel(id)]);
  const elapsedMs = performance.now() - requestedAt;
  const ended = await until(executionToBe('cancelled', ctx.client, id), ctx.deadline);

  if (elapsedMs >= ctx.facts.killGraceMs)
    throw new EnvironmentError(`two requests took ${elapsedMs.toFixed(0)} ms: the process may end between them`);
  expect(requested).toMatchObject(Array(2).fill({ status: 'fulfilled', value: { status: 'canceling' } }));
  await expect(cancel(id)).rejects.toMatchObject({ status: 409 });
  expect(await ctx.client.executions.get(id)).toEqual(ended);
});
