// Spec: the attempts of a task have the planned delays between them, which slow nothing else.
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectAttempts, expectPauses } from '../../../helpers/scenario/expectations';
import { until } from '../../../helpers/scenario/polling';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { flakyTasks, startFlaky } from '../../../helpers/scenario/resources/flaky-task';
import { attemptsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.retry', 'executions.intervals', 'ledger.shared'];

/**
 * Runs failures and a success with exponential backoff from 3 s, and expects these pauses between
 * the attempts, seconds: as planned, and as waited.
 */
const expectBackoff = async (ctx: TimeContext, pauses: readonly number[], more: Parameters = {}) => {
  const count = pauses.length;
  const id = await startFlaky(ctx, count, { count, backoff: 'exponential', delay: 3, ...more });

  await ctx.time.pass(pauses.reduce((sum, pause) => sum + pause, 0));
  await waitForStatus(ctx, id);

  const attempts = await attemptsOf(ctx, id, 'flaky');
  expectAttempts(id, attempts, [...pauses.map(() => 'failed' as const), 'completed']);
  expectPauses(ctx, attempts, pauses);
};

claim.time('T2.8d', NEEDS, 'exponential delays double from attempt to attempt', (ctx) =>
  expectBackoff(ctx, [3, 6, 12]),
);

claim.time('T2.8e', [...NEEDS, 'workflows.retry_cap'], 'no delay is longer than the cap', (ctx) =>
  expectBackoff(ctx, [3, 3], { max_delay: 3 }),
);

claim.time('T2.8h', NEEDS, 'linear delays grow by the first; without a back-off all are equal', async (ctx) => {
  await ctx.pack('e2e');
  const retry = { count: 3, delay: 2 };
  const id = await startWorkflow(ctx, [
    { ...task(ctx, 'equal', 'fail-n-times', { n: 3 }), retry },
    { ...task(ctx, 'linear', 'fail-n-times', { n: 3 }), retry: { ...retry, backoff: 'linear' } },
  ]);

  await ctx.time.pass(12);
  await waitForStatus(ctx, id);

  expectPauses(ctx, await attemptsOf(ctx, id, 'equal'), [2, 2, 2]);
  expectPauses(ctx, await attemptsOf(ctx, id, 'linear'), [2, 4, 6]);
});

/** Workflows of each kind: more than a platform is likely to advance at the same time. */
const COUNT = 5;

/** Starts the workflow of this ref `COUNT` times at once. Returns the ids. */
const startAll = async ({ client }: Context, ref: string): Promise<number[]> => {
  const requests = Array.from({ length: COUNT }, () => client.executions.execute({ action_ref: ref }));
  return (await Promise.all(requests)).map(({ id }) => id);
};

claim.time('T2.8f', NEEDS, 'a retry that waits does not slow other workflows', async (ctx) => {
  await ctx.pack('e2e');
  const delay = 10;
  const flow = [task(ctx, 'first', 'append-ledger', {}, onSuccess('second')), task(ctx, 'second', 'append-ledger')];
  const { ref: neighbour } = await ctx.workflow(flow, { name: 'neighbour' });
  const { ref: retried } = await ctx.workflow(flakyTasks(ctx, COUNT, { count: 1, delay }));

  const ids = await startAll(ctx, retried);
  const attempts = () => Promise.all(ids.map((id) => attemptsOf(ctx, id, 'flaky')));
  const haveFailed = async () => (await attempts()).every(([first]) => first?.status === 'failed');
  await until(predicateToHold('the first attempts to be failed', haveFailed), ctx.deadline);
  await waitForAll(ctx, await startAll(ctx, neighbour));
  expect(runsOf(ctx, 'flaky')).toBe(COUNT); // the first attempts: the delay has not passed yet
  await ctx.time.pass(delay);
  await waitForAll(ctx, ids);

  for (const [n, both] of (await attempts()).entries()) {
    expectAttempts(ids[n]!, both, ['failed', 'completed']);
    expectPauses(ctx, both, [delay]);
  }
});

claim.realTime('T2.8j', NEEDS, 'a retry starts after its delay by the real clock', async (ctx) => {
  const id = await startFlaky(ctx, 1, { count: 1, delay: 1 });

  await waitForStatus(ctx, id);

  expectPauses(ctx, await attemptsOf(ctx, id, 'flaky'), [1]);
});
