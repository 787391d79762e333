// Spec: the attempts of a task have the planned delays between them, which slow nothing else.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectAttempts, expectPauses, gapsBetween } from '../../../helpers/scenario/expectations';
import { CLOCK_RESOLUTION_MS, recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { flakyTasks, startFlaky } from '../../../helpers/scenario/resources/flaky-task';
import { attemptsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { checkDelay, expectWithin, NEIGHBOR_MS } from '../../../helpers/scenario/upper-bound';

/** A delay whose sum with others is measured. */
const DELAY_SECONDS = 2;

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

/**
 * The sum of the recorded pauses between the attempts of a task, ms. None is shorter than planned.
 */
async function sumOfPauses(ctx: Context, id: number, name: string, plannedMs: readonly number[]): Promise<number> {
  const pauses = gapsBetween((await attemptsOf(ctx, id, name)).map(recordedInterval));
  expect(pauses.map((pause, n) => pause >= plannedMs[n]! - CLOCK_RESOLUTION_MS)).toEqual(plannedMs.map(() => true));
  return pauses.reduce((sum, pause) => sum + pause, 0);
}

claim.concurrent('T2.8h', NEEDS, 'linear delays grow by the first; without a back-off all are equal', async (ctx) => {
  await ctx.pack('e2e');
  const retry = { count: 3, delay: DELAY_SECONDS };
  const id = await startWorkflow(ctx, [
    { ...task(ctx, 'equal', 'fail-n-times', { n: 3 }), retry },
    { ...task(ctx, 'linear', 'fail-n-times', { n: 3 }), retry: { ...retry, backoff: 'linear' } },
  ]);
  await waitForStatus(ctx, id);

  const unitMs = DELAY_SECONDS * 1_000;
  const equal = await sumOfPauses(ctx, id, 'equal', [unitMs, unitMs, unitMs]);
  const linear = await sumOfPauses(ctx, id, 'linear', [unitMs, 2 * unitMs, 3 * unitMs]);
  const perPause = Math.max(ctx.slackMs('gap'), NEIGHBOR_MS);
  const nominal = 3 * unitMs;
  // wrong: as long as linear ones
  expectWithin(3 * perPause, { what: 'the sum of equal pauses', measured: equal, nominal, margin: nominal });
  // What a busy host adds to both is not in the difference. Doubled delays add a unit.
  const measured = linear - equal;
  expectWithin(perPause, { what: 'linear pauses beyond equal ones', measured, nominal, margin: unitMs });
});

/** Workflows of each kind: more than a platform is likely to advance at the same time. */
const COUNT = 5;

/** Time to notice the failed attempts and to start the neighbours, ms. */
const START_MS = 2_000;

/** What a busy host may add to the delay, ms: a test should not wait for its whole slack. */
const MAX_ADDED_MS = 10_000;

/** Starts the workflow of this ref `COUNT` times at once. Returns the ids. */
const startAll = async ({ client }: Context, ref: string): Promise<number[]> => {
  const requests = Array.from({ length: COUNT }, () => client.executions.execute({ action_ref: ref }));
  return (await Promise.all(requests)).map(({ id }) => id);
};

/** From the request to the end of each of `COUNT` runs, ms. */
const runAll = async (ctx: Context, ref: string): Promise<number[]> =>
  (await waitForAll(ctx, await startAll(ctx, ref))).map(
    (each) => workflowInterval(each).finish - parseInstant(each.created),
  );

/** A delay in which all neighbours run although they were slower than alone, seconds. Plans it. */
const planDelay = async (ctx: Context, neighbour: string): Promise<number> => {
  const aloneMs = Math.max(...(await runAll(ctx, neighbour)));
  const addedMs = Math.min(Math.max(ctx.slackMs('run'), NEIGHBOR_MS), MAX_ADDED_MS);
  const seconds = Math.ceil((START_MS + 2 * aloneMs + addedMs) / 1_000);
  ctx.plan(seconds * 1_000);
  return seconds;
};

const timesOf = (ctx: Context, label: string, event: 'start' | 'end'): number[] =>
  ctx.ledger.entries(ctx.ledgerInput(label).key, event).map(({ atMs }) => atMs);

claim.concurrent('T2.8f', NEEDS, 'a retry that waits does not slow other workflows', async (ctx) => {
  await ctx.pack('e2e');
  const flow = [task(ctx, 'first', 'append-ledger', {}, onSuccess('second')), task(ctx, 'second', 'append-ledger')];
  const { ref: neighbour } = await ctx.workflow(flow, { name: 'neighbour' });
  const delay = await planDelay(ctx, neighbour);
  const { ref: retried } = await ctx.workflow(flakyTasks(ctx, COUNT, { count: 1, delay }));

  const ids = await startAll(ctx, retried);
  const attempts = () => Promise.all(ids.map((id) => attemptsOf(ctx, id, 'flaky')));
  const haveFailed = async () => (await attempts()).every(([first]) => first?.status === 'failed');
  await until(predicateToHold('the first attempts to be failed', haveFailed), ctx.deadline);
  const besideMs = await runAll(ctx, neighbour);
  await waitForAll(ctx, ids);

  const [slack, leftMs] = [ctx.slackMs('run'), delay * 1_000 - START_MS]; // left when the neighbours start
  expect(besideMs.map((ms) => checkDelay(ms, leftMs, slack))).toEqual(Array(COUNT).fill('not waited'));
  (await attempts()).forEach((both, n) => expectAttempts(ids[n]!, both, ['failed', 'completed']));
  const [ends, starts] = [timesOf(ctx, 'second', 'end'), timesOf(ctx, 'flaky', 'start')];
  expect([ends.length, starts.length]).toEqual([2 * COUNT, 2 * COUNT]);
  expect(Math.max(...ends)).toBeLessThan(starts[COUNT]!); // the first of the second attempts
});
