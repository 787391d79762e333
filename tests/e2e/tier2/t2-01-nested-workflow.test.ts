// Spec: a parent waits for its child workflow; data and failure cross all levels.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectOrder } from '../../../helpers/scenario/expectations';
import {
  recordedInterval,
  sortedAscending,
  workflowInterval,
  type TimedExecution,
} from '../../../helpers/scenario/intervals';
import { stays } from '../../../helpers/scenario/polling';
import { descendants, taskName } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { NO_LATER_TASKS, runsOfLaterTasks, startNestedCalls } from '../../../helpers/scenario/resources/nested-calls';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

type Row = TimedExecution & { readonly created: string };
type Tree = Awaited<ReturnType<Context['client']['executions']['tree']>>;

/** They end in the opposite order. */
const expectEndingUpwards = (executions: readonly Row[]) => {
  const finishes = executions.map((node) => workflowInterval(node).finish).reverse();
  expect(finishes).toEqual(sortedAscending(finishes));
};

/** A workflow starts after the one that calls it, and ends before it; the tasks are inside. */
const expectEnclosed = (ctx: Context, workflows: Row[], first: Row, last: Row) => {
  // Attune records no start of a workflow
  const startOf = ctx.canProve('executions.finished_at') ? recordedInterval : workflowInterval;
  const starts = workflows.flatMap((node) => [parseInstant(node.created), startOf(node).start]);
  starts.push(recordedInterval(first).start);
  expect(starts).toEqual(sortedAscending(starts));
  expectEndingUpwards([...workflows, last]);
};

/** Runs a parent whose child workflow passes `v` on. Returns the parent, and all below it. */
const runParent = async (ctx: Context) => {
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
  const root = await runToEnd(ctx, parent.ref, { v: ctx.nonce });
  return { root, nodes: (await descendants(ctx.client, root.id)).map(({ execution }) => execution) };
};

claim('T2.1a', NEEDS, 'a parent waits for its child workflow', async (ctx) => {
  const { root, nodes } = await runParent(ctx);

  const [child, t1, t2] = nodes;
  expect(nodes.map((node) => [taskName(node), node.parent, node.status])).toEqual([
    ['call', root.id, 'completed'],
    ['t1', child!.id, 'completed'],
    ['t2', child!.id, 'completed'],
  ]);
  expectOrder(ctx, [t1!, t2!]);
  expectEnclosed(ctx, [root, child!], t1!, t2!);
});

claim('T2.1g', NEEDS, 'a child workflow receives parameters, and its parent the output', async (ctx) => {
  const { root, nodes } = await runParent(ctx);

  const records = await readExecutions(ctx, nodes.slice(1));
  expect(records.map(({ parent }) => parent)).toEqual([nodes[0]!.id, nodes[0]!.id]);
  expect(records.map(({ result }) => result)).toMatchObject(
    ['t1', 't2'].map((name) => ({ data: { params: { ...ctx.ledgerInput(name), v: ctx.nonce } } })),
  );
  expect(root.result).toEqual({ succeeded: true, v: ctx.nonce, last: ctx.ledgerInput('t2').key });
});

/** Runs root → mid1 → mid2 → leaf; each adds a letter to `v`. Returns the root, and all below. */
const runLevels = async (ctx: Context) => {
  await ctx.pack('e2e');
  const callLevel = (name: string, letter: string, action: string, v: string) => {
    const input = { ...ctx.ledgerInput('leaf'), v: `{{ parameters.v }}${letter}` };
    return ctx.workflow([{ name: 'down', action, input }], { name, output_map: { v: `{{ task.down.${v} }}` } });
  };
  const mid2 = await callLevel('mid2', 'c', ctx.action('echo-params'), 'params.v');
  const mid1 = await callLevel('mid1', 'b', mid2.ref, 'v');
  const top = await callLevel('root', 'a', mid1.ref, 'v');
  const root = await runToEnd(ctx, top.ref, { v: ctx.nonce });
  return { root, refs: [mid1.ref, mid2.ref, ctx.action('echo-params')], nodes: await descendants(ctx.client, root.id) };
};

/** The ids of a tree in which every execution has one child, from the root on. */
const chainOf = ({ id, children }: Tree): number[] => [id, ...children.slice(0, 1).flatMap(chainOf)];

claim('T2.1b', NEEDS, 'four nested levels form one chain', async (ctx) => {
  const { root, refs, nodes } = await runLevels(ctx);

  const chain = [root, ...nodes.map(({ execution }) => execution)];
  const ids = chain.map(({ id }) => id);
  expect(
    nodes.map(({ execution, depth }) => [depth, execution.action_ref, execution.parent, execution.status]),
  ).toEqual(refs.map((ref, n) => [n + 1, ref, ids[n], 'completed']));
  expectEndingUpwards(chain);
  if (!ctx.canProve('executions.log')) return;
  expect(chainOf(await ctx.client.executions.tree(root.id))).toEqual(ids);
});

claim('T2.1h', NEEDS, 'a value passes down and up four nested levels', async (ctx) => {
  const { root, nodes } = await runLevels(ctx);

  const v = `${ctx.nonce}abc`;
  const leaf = await ctx.client.executions.get(nodes[2]!.execution.id);
  expect(leaf.result).toMatchObject({ data: { params: { ...ctx.ledgerInput('leaf'), v } } });
  expect(root.result).toEqual({ succeeded: true, v });
});

claim('T2.1c', NEEDS, 'a failed leaf fails every ancestor and stops the tasks after it', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startNestedCalls(ctx, task(ctx, 'leaf', 'exit-with', { code: 9 }));

  const ended = executionToBe('failed', ctx.client, id);
  await stays(() => runsOfLaterTasks(ctx), NO_LATER_TASKS, ended, ctx.quietMs, ctx.deadline);

  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  const tasks = ['mid1', 'mid2', 'leaf'];
  expect(nodes.map((node) => [taskName(node), node.status])).toEqual(tasks.map((name) => [name, 'failed']));
  const results = (await readExecutions(ctx, [{ id }, ...nodes])).map(({ result }) => result);
  const errors = tasks.map((below) => ({ error: `Workflow failed: 1 task(s) failed: ${below}` }));
  expect(results).toMatchObject([...errors, { exit_code: 9 }]);
  expect(runsOf(ctx, 'leaf')).toBe(1);
});

/** Runs the workflow. Returns the parameters of all executions below it, sorted by their JSON. */
const configsBelow = async (ctx: Context, workflow: string, parameters?: Parameters) => {
  const { id } = await ctx.client.executions.execute({ action_ref: workflow, ...(parameters && { parameters }) });
  expect((await waitForStatus(ctx, id)).result).toEqual({ succeeded: false });
  const nodes = (await descendants(ctx.client, id)).map(({ execution }) => execution);
  const configs = (await readExecutions(ctx, nodes)).map(({ config }) => config);
  return configs.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
};

claim('T2.1e', NEEDS, 'an empty input is that of the parent, and a map may set `succeeded`', async (ctx) => {
  const own = { message: 'own' };
  const inner = await ctx.workflow([{ name: 'own', action: 'core.noop', input: own }], { name: 'inner' });
  const parts = [{ input: {} }, { type: 'workflow' as const }];
  const calls = parts.map((part, n) => ({ name: `T${n}`, action: inner.ref, ...part }));
  const { ref } = await ctx.workflow(calls, { output_map: { succeeded: '{{ 1 > 2 }}' } });

  const withValue = await configsBelow(ctx, ref, { v: ctx.nonce });
  const without = await configsBelow(ctx, ref);

  expect(withValue).toEqual([own, own, { v: ctx.nonce }, { v: ctx.nonce }]);
  expect(without).toEqual([own, own, null, null]);
});
