// Spec: a rerun has the limit, and its tasks have the retries, of a new execution.
import { parseInstant } from '../../../helpers/instant';
import { claim } from '../../../helpers/scenario/claim';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import {
  rerunOpenBranches,
  rerunToEnd,
  runToFailure,
  runToOpenBranches,
  takenOverBy,
} from '../../../helpers/scenario/resources/reruns';
import { paramsOf, runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';
import { LIMIT_SECONDS, passLimit } from '../../../helpers/scenario/time/limits';

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
