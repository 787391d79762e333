// Spec: a sub-workflow runs again for itself; with its parent, it is taken over or runs again.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { failingOnce, rerunToEnd, takenOverBy } from '../../../helpers/scenario/resources/reruns';
import { childOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.rerun', 'ledger.shared'];

/** Runs a workflow with a task `inner`, the workflow of these tasks, until it has failed. */
async function runWithInner(ctx: Context, inner: Task[], after: Task[]): Promise<number> {
  const { ref: action } = await ctx.workflow(inner, { name: 'inner', output_map: { of: '{{ task.first.attempt }}' } });
  const outer = [{ name: 'inner', action, next: after.length === 0 ? [] : [onSuccess('last')] }, ...after];
  const { ref } = await ctx.workflow(outer, { name: 'outer' });
  const { id } = await ctx.client.executions.execute({ action_ref: ref });
  await waitForStatus(ctx, id, 'failed');
  return id;
}

claim('T2.25p', NEEDS, 'a sub-workflow that runs again has no parent, and leaves that', async (ctx) => {
  await ctx.pack('e2e');
  const first = task(ctx, 'first', 'exit-by-attempt', { exits: '0' }, onSuccess('second'));
  const outer = await runWithInner(ctx, [first, failingOnce(ctx, 'second')], []);
  const inner = await childOf(ctx, outer, 'inner');
  const before = await ctx.client.executions.get(outer);

  const rerun = await rerunToEnd(ctx, inner.id, 'second');

  expect(rerun).toMatchObject({
    action_ref: inner.action_ref,
    parent: null,
    rerun_of: { execution: inner.id, task: 'second' },
    result: { succeeded: true, of: 1 },
  });
  expect(rerun.workflow_task ?? null).toBeNull();
  expect(await takenOverBy(ctx, rerun.id)).toEqual(['first completed']);
  expect(await ctx.client.executions.get(outer)).toEqual(before);
  expect(runCounts(ctx, 'first', 'second')).toEqual({ first: 1, second: 2 });
});

claim('T2.25q', NEEDS, 'a rerun after a sub-workflow takes it over with its output', async (ctx) => {
  await ctx.pack('e2e');
  const last = failingOnce(ctx, 'last', { of: '{{ task.inner.of }}' });
  const outer = await runWithInner(ctx, [task(ctx, 'first', 'exit-by-attempt', { exits: '0' })], [last]);
  const inner = await childOf(ctx, outer, 'inner');

  const after = await rerunToEnd(ctx, outer, 'last');
  const again = await rerunToEnd(ctx, outer, 'inner');

  expect(await takenOverBy(ctx, after.id)).toEqual(['inner completed']);
  const { taken_over: taken } = await ctx.client.executions.tree(after.id);
  expect(taken![0]!.executions).toEqual([inner.id]);
  const given = await Promise.all([after, again].map(async ({ id }) => (await childOf(ctx, id, 'last')).config));
  expect(given).toMatchObject([{ of: 1 }, { of: 2 }]);
  expect(runCounts(ctx, 'first', 'last')).toEqual({ first: 2, last: 3 });
});
