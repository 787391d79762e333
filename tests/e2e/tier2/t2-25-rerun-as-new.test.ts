// Spec: from its task on, a rerun does what a new execution with its parameters does.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { runActionToEnd } from '../../../helpers/scenario/resources/ended-executions';
import { takenOverBy } from '../../../helpers/scenario/resources/reruns';
import { noopTask } from '../../../helpers/scenario/resources/workflow-task';
import { shapesBefore, workflowOf } from '../support/reruns/shapes';

const NEEDS = ['executions.rerun', 'workflows.loops', 'workflows.join', 'workflows.with_items', 'workflows.retry'];

/** Whether the task runs in the earlier execution, and in the rerun. */
const CASES = [
  [true, true],
  [true, false],
  [false, true],
] as const;

/** The end of each rerun of a workflow, and of a new execution with the same parameters. */
async function endsOf(ctx: Context, ref: string) {
  const runNew = (go: boolean) => runActionToEnd(ctx, ref, { parameters: { go } });
  const [running, skipping] = await Promise.all([runNew(true), runNew(false)]);
  return Promise.all(
    CASES.map(async ([was, go]) => {
      const [earlier, fresh] = [was, go].map((runs) => (runs ? running : skipping));
      const { id } = await ctx.client.executions.rerun(earlier!.id, { from: 'from', parameters: { go } });
      const { status, result } = await until(executionToEnd(ctx.client, id), ctx.deadline);
      const taken = (await takenOverBy(ctx, id)).sort();
      return { found: { status, result, taken }, fresh: { status: fresh!.status, result: fresh!.result } };
    }),
  );
}

claim('T2.25x', NEEDS, 'a rerun does from its task on what a new execution does', async (ctx) => {
  const { ref: sub } = await ctx.workflow([noopTask('T')], { name: 'sub' });
  const rows = Object.entries(shapesBefore(sub)).map(async ([name, shape], n) => {
    const { tasks, parts } = workflowOf(shape);
    const { ref } = await ctx.workflow(tasks, { ...parts, name: `flow-${n}` });
    const cases = await endsOf(ctx, ref);
    const expected = cases.map(({ fresh }) => ({ ...fresh, taken: shape.ends }));
    return [name, cases.map(({ found }) => found), expected] as const;
  });

  const ended = await Promise.all(rows);

  expect(ended.map(([name, found]) => [name, found])).toEqual(ended.map(([name, , expected]) => [name, expected]));
});
