// Spec: a rerun has the limit, and its tasks have the retries, of a new execution.
import { parseInstant } from '../../../helpers/instant';
import { claim } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { gatedTask, openGate } from '../../../helpers/scenario/resources/paused-workflows';
import {
  failingOnce,
  rerunOpenBranches,
  rerunToEnd,
  runToFailure,
  runToOpenBranches,
  takenOverBy,
} from '../../../helpers/scenario/resources/reruns';
import { childOf, paramsOf, runCounts, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { LIMIT_SECONDS, passLimit, TIMEOUT_ERROR, waitForRuns } from '../../../helpers/scenario/time/limits';

const NEEDS = ['executions.rerun', 'ledger.shared'];

const LIMITED = [...NEEDS, 'executions.timeout'];

claim.time('T2.25u', LIMITED, 'a rerun runs again what a limit stopped, with a limit of its own', async (ctx) => {
  await ctx.pack('e2e');
  const id = await runToOpenBranches(ctx, { timeout: LIMIT_SECONDS });
  await passLimit(ctx, [id]);
  await waitForStatus(ctx, id, 'failed');

  const { rerun, runs } = await rerunOpenBranches(ctx, id);

  expect(await takenOverBy(ctx, rerun.id)).toEqual(['first completed']);
  expect(runs).toEqual({ first: 1, open: 2, other: 2, repair: 0, last: 1 });
  const { start } = await paramsOf(ctx, rerun.id, 'last');
  expect(parseInstant(start as string)).toBeGreaterThanOrEqual(Math.floor(parseInstant(rerun.created)));
});

claim.time('T2.25w', LIMITED, 'a rerun has the limit of a request, and not of a task', async (ctx) => {
  await ctx.pack('e2e');
  const tasks = (first: string, open: string) => [failingOnce(ctx, first, {}, onSuccess(open)), gatedTask(ctx, open)];
  const { ref: action } = await ctx.workflow(tasks('called', 'unlimited'), { name: 'inner' });
  const outer = await runToFailure(ctx, [{ name: 'inner', action, timeout: LIMIT_SECONDS }], { name: 'outer' });
  const called = (await childOf(ctx, outer, 'inner')).id;
  const limit = { timeout_seconds: LIMIT_SECONDS };
  const requested = await startWorkflow(ctx, tasks('requested', 'limited'), {}, limit);
  await waitForStatus(ctx, requested, 'failed');

  const [unlimited, limited] = await Promise.all([
    ctx.client.executions.rerun(called, { from: 'called' }),
    ctx.client.executions.rerun(requested, { from: 'requested' }),
  ]);
  await waitForRuns(ctx, { unlimited: 1, limited: 1 });
  await ctx.time.pass(LIMIT_SECONDS, { settle: false });

  expect((await waitForStatus(ctx, limited.id, 'failed')).result).toMatchObject({ error: TIMEOUT_ERROR });
  openGate(ctx);
  expect((await waitForStatus(ctx, unlimited.id, 'completed')).result).toEqual({ succeeded: true });
});

claim('T2.25v', [...NEEDS, 'workflows.retry'], 'the tasks of a rerun have all of their retries again', async (ctx) => {
  await ctx.pack('e2e');
  const flaky = task(ctx, 'flaky', 'fail-n-times', { n: 3 }, onSuccess('last'));
  const tasks = [
    task(ctx, 'first', 'append-ledger', {}, onSuccess('flaky')),
    { ...flaky, retry: { count: 1, delay: 0 } },
    task(ctx, 'last', 'append-ledger'),
  ];
  const id = await runToFailure(ctx, tasks);

  const rerun = await rerunToEnd(ctx, id, 'flaky');

  const attempts = (await ctx.client.executions.children(rerun.id)).map(({ workflow_task: of }) => of!.retry_count);
  expect(attempts).toEqual([0, 1, 0]); // the last one is of the task after it
  expect(runCounts(ctx, 'first', 'flaky', 'last')).toEqual({ first: 1, flaky: 4, last: 1 });
});
