// Spec: a workflow that runs again from a task has the results before that task, and runs none of their tasks.
import { claim } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { paramsOf, runCounts, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['executions.rerun', 'executions.log', 'ledger.shared'];

claim('T2.25a', NEEDS, 'a rerun from a failed task runs that task alone', async (ctx) => {
  await ctx.pack('e2e');
  const publish = { publish: [{ made: '{{ result().attempt }}' }] };
  const tasks = [
    task(ctx, 'first', 'exit-by-attempt', {}, { ...onSuccess('second'), ...publish }),
    task(ctx, 'second', 'fail-n-times', { n: 1, from: '{{ task.first.attempt }} {{ workflow.made }}' }),
  ];
  const id = await startWorkflow(ctx, tasks);
  await waitForStatus(ctx, id, 'failed');

  const rerun = await ctx.client.executions.rerun(id, { from: 'second' });
  const ended = await waitForStatus(ctx, rerun.id);

  expect(ended).toMatchObject({ rerun_of: { execution: id, task: 'second' }, parent: null });
  expect(runCounts(ctx, 'first', 'second')).toEqual({ first: 1, second: 2 });
  expect((await ctx.client.executions.get((await ctx.client.executions.children(rerun.id))[0]!.id)).config).toMatchObject({ from: '1 1' });
});
