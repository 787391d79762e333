// Spec: a parent waits for its child workflow, which has its parameters.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { expectEndingUpwards, expectOrder } from '../../../helpers/scenario/expectations';
import {
  recordedInterval,
  sortedAscending,
  workflowInterval,
  type TimedExecution,
} from '../../../helpers/scenario/intervals';
import { descendants, taskName } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, runToEnd, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

type Row = TimedExecution & { readonly created: string };

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
