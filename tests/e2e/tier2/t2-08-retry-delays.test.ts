// Spec: a retry waits as long as its back-off says.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectAttempts, expectPauses, plannedPauses } from '../../../helpers/scenario/expectations';
import { until } from '../../../helpers/scenario/polling';
import { taskName } from '../../../helpers/scenario/resources/child-executions';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { flakyTasks, startFlaky } from '../../../helpers/scenario/resources/flaky-task';
import { attemptsOf, runsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { noopTask, onSuccess, task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.retry', 'executions.intervals', 'ledger.shared'];

claim.time('T2.8d', NEEDS, 'exponential delays double from attempt to attempt', async (ctx) => {
  const pauses = [3, 6, 12];
  const id = await startFlaky(ctx, pauses.length, { count: pauses.length, backoff: 'exponential', delay: 3 });

  await ctx.time.pass(21);
  await waitForStatus(ctx, id);

  const attempts = await attemptsOf(ctx, id, 'flaky');
  expectAttempts(id, attempts, [...pauses.map(() => 'failed' as const), 'completed']);
  expectPauses(ctx, attempts, pauses);
});

/** The delays before the retries of a task without a cap, seconds. */
const DELAYS = { constant: [1, 1, 1], linear: [1, 2, 3], exponential: [1, 2, 4] };

/** Below these, and between them. */
const CAPS = [0, 2];

/** Tasks that fail, of each back-off with each cap, and the pauses that are planned for them. */
const WITH_CAPS = Object.entries(DELAYS).flatMap(([backoff, delays]) =>
  CAPS.map((max_delay) => {
    const retry = { count: delays.length, delay: 1, backoff, max_delay };
    const capped = noopTask(`${backoff}-${max_delay}`, { input: { exit_code: 1 }, retry });
    return { capped, pauses: delays.map((delay) => Math.min(delay, max_delay)) };
  }),
);

claim.time('T2.8e', [...NEEDS, 'workflows.retry_cap'], 'no delay is longer than the cap', async (ctx) => {
  const waiting = await startFlaky(ctx, 2, { count: 2, backoff: 'exponential', delay: 3, max_delay: 3 });
  await ctx.time.pass(6);
  await waitForStatus(ctx, waiting);
  const id = await startWorkflow(
    ctx,
    WITH_CAPS.map(({ capped }) => capped),
    { name: 'capped' },
  );
  await ctx.time.pass(7);
  await waitForStatus(ctx, id, 'failed');

  expectPauses(ctx, await attemptsOf(ctx, waiting, 'flaky'), [3, 3]);
  const attempts = await ctx.client.executions.children(id);
  for (const { capped, pauses } of WITH_CAPS) {
    const own = attempts.filter((attempt) => taskName(attempt) === capped.name);
    ctx.time.expectSeconds(plannedPauses(own), pauses);
  }
});

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
