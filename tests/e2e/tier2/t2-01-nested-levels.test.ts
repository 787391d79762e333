// Spec: values pass down and up nested levels, and a failure fails each.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectEndingUpwards } from '../../../helpers/scenario/expectations';
import { stays } from '../../../helpers/scenario/polling';
import { descendants, taskName } from '../../../helpers/scenario/resources/child-executions';
import { readExecutions, runToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { NO_LATER_TASKS, runsOfLaterTasks, startNestedCalls } from '../../../helpers/scenario/resources/nested-calls';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.intervals', 'ledger.shared'];

type Tree = Awaited<ReturnType<Context['client']['executions']['tree']>>;

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
