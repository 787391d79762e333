// Spec: a failed task is retried as a new execution, up to its count, after the planned delays.
import { checkDelay, expectWithin, NEIGHBOR_MS } from '../../../helpers/scenario/upper-bound';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { parseInstant } from '../../../helpers/instant';
import { CLOCK_RESOLUTION_MS, recordedInterval, workflowInterval } from '../../../helpers/scenario/intervals';
import { onlyChildOfTask, taskName } from '../../../helpers/scenario/resources/child-executions';
import { stays, until } from '../../../helpers/scenario/polling';
import { onSuccess, task, type Parameters, type Task } from '../../../helpers/scenario/resources/workflow-task';
import { expectAttempts, expectGaps, expectOrder, gapsBetween } from '../../../helpers/scenario/expectations';
import {
  attemptsOf,
  expectRunsAtEnd,
  paramsOf,
  runsOf,
  startWorkflow,
} from '../../../helpers/scenario/resources/workflow-runs';

/** A delay that is waited for once, or whose sum with others is measured. */
const DELAY_SECONDS = 2;
/**
 * The first delay where each pause is measured: the distance to the nearest wrong pause. A busy
 * host has added 1.8 s to a pause.
 */
const MEASURED_DELAY_SECONDS = 3;

const NEEDS = ['workflows.retry', 'executions.intervals', 'ledger.shared'];

/** A task `flaky` whose first `n` processes fail; `after` then receives the attempt number. */
const flakyTasks = (ctx: Context, n: number, retry: Parameters): Task[] => [
  { ...task(ctx, 'flaky', 'fail-n-times', { n }, onSuccess('after')), retry },
  task(ctx, 'after', 'echo-params', { attempt: '{{ task.flaky.attempt }}' }),
];

const startFlaky = (ctx: Context, n: number, retry: Parameters): Promise<number> =>
  startWorkflow(ctx, flakyTasks(ctx, n, retry));

claim.concurrent('T2.8a', NEEDS, 'two failures and a success use three of four allowed attempts', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startFlaky(ctx, 2, { count: 3, delay: 0 });

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const attempts = await attemptsOf(ctx, id, 'flaky');
  expectAttempts(id, attempts, ['failed', 'failed', 'completed']);
  expect(attempts.map(({ workflow_task }) => workflow_task?.max_retries)).toEqual([3, 3, 3]);
  const after = onlyChildOfTask('after', await ctx.client.executions.children(id));
  expectOrder(ctx, [...attempts, after]);
  expect(await paramsOf(ctx, id, 'after')).toEqual({ ...ctx.ledgerInput('after'), attempt: 3 });
  expect(runsOf(ctx, 'flaky')).toBe(3);
});

claim.concurrent('T2.8g', NEEDS, 'a success at the last allowed attempt completes the workflow', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startFlaky(ctx, 2, { count: 2, delay: 0 });

  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  expectAttempts(id, await attemptsOf(ctx, id, 'flaky'), ['failed', 'failed', 'completed']);
  expect(runsOf(ctx, 'flaky')).toBe(3);
});

claim.concurrent('T2.8b', NEEDS, 'a task that always fails ends failed after its last allowed retry', async (ctx) => {
  await ctx.pack('e2e');
  const id = await startFlaky(ctx, 99, { count: 2, delay: 0 });

  await expectRunsAtEnd(ctx, id, 'failed', { flaky: 3, after: 0 });

  const children = await ctx.client.executions.children(id);
  const failures = await Promise.all(children.map(async (child) => ctx.client.executions.get(child.id)));
  expect(failures.map(({ status, result }) => ({ status, result }))).toMatchObject(
    [1, 2, 3].map((k) => ({ status: 'failed', result: { error: `attempt ${k}\n`, exit_code: 1 } })),
  );
  expect(children.map((child) => [taskName(child), child.workflow_task?.retry_count])).toEqual([
    ['flaky', 0],
    ['flaky', 1],
    ['flaky', 2],
  ]);
  expect((await ctx.client.executions.get(id)).result).toMatchObject({
    error: 'Workflow failed: 1 task(s) failed: flaky',
  });
});

claim.concurrent('T2.8c', NEEDS, 'a task that succeeds at once is not retried', async (ctx) => {
  await ctx.pack('e2e');
  const delay = 2 * DELAY_SECONDS; // one delay takes less time than three doubled ones
  const id = await startFlaky(ctx, 0, { count: 3, delay });

  const pastDelayMs = delay * 1_000 + ctx.quietMs;
  ctx.plan(pastDelayMs);
  await stays(() => runsOf(ctx, 'flaky'), 1, executionToBe('completed', ctx.client, id), pastDelayMs, ctx.deadline);

  const root = await ctx.client.executions.get(id);
  const attempt = onlyChildOfTask('flaky', await ctx.client.executions.children(id));
  const after = onlyChildOfTask('after', await ctx.client.executions.children(id));
  expect([attempt.workflow_task?.retry_count, attempt.original_execution ?? null]).toEqual([0, null]);
  const waits = [
    recordedInterval(attempt).start - workflowInterval(root).start,
    recordedInterval(after).start - recordedInterval(attempt).finish,
  ];
  const slack = ctx.slackMs('run');
  expect(waits.map((ms) => checkDelay(ms, delay * 1_000, slack))).toEqual(['not waited', 'not waited']);
});

/**
 * Runs failures and a success with exponential backoff, and expects these pauses between the
 * attempts, in units of the first delay.
 */
const expectBackoff = async (ctx: Context, plannedPauses: readonly number[], more: Parameters = {}) => {
  await ctx.pack('e2e');
  const count = plannedPauses.length;
  const id = await startFlaky(ctx, count, {
    ...{ count, backoff: 'exponential', delay: MEASURED_DELAY_SECONDS, ...more },
  });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const attempts = await attemptsOf(ctx, id, 'flaky');
  expectAttempts(id, attempts, [...plannedPauses.map(() => 'failed' as const), 'completed']);
  const pausesMs = plannedPauses.map((pause) => pause * MEASURED_DELAY_SECONDS * 1_000);
  expectGaps(ctx, attempts, pausesMs);
  attempts.slice(1).forEach(({ workflow_task, ...attempt }, n) => {
    const planned = parseInstant(workflow_task?.next_retry_at ?? '');
    expect(planned).toBeGreaterThanOrEqual(recordedInterval(attempts[n]!).finish + pausesMs[n]! - CLOCK_RESOLUTION_MS);
    expect(planned).toBeLessThanOrEqual(recordedInterval(attempt).start + CLOCK_RESOLUTION_MS);
  });
};

claim.concurrent('T2.8d', NEEDS, 'exponential delays double from attempt to attempt', (ctx) =>
  expectBackoff(ctx, [1, 2, 4]),
);

claim.concurrent('T2.8e', [...NEEDS, 'workflows.retry_cap'], 'no delay is longer than the cap', (ctx) =>
  expectBackoff(ctx, [1, 1], { max_delay: MEASURED_DELAY_SECONDS }),
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
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);

  const unitMs = DELAY_SECONDS * 1_000;
  const equal = await sumOfPauses(ctx, id, 'equal', [unitMs, unitMs, unitMs]);
  const linear = await sumOfPauses(ctx, id, 'linear', [unitMs, 2 * unitMs, 3 * unitMs]);
  const perPause = Math.max(ctx.slackMs('gap'), NEIGHBOR_MS);
  // wrong: as long as linear ones
  const sum = { what: 'the sum of equal pauses', measured: equal, nominal: 3 * unitMs, margin: 3 * unitMs };
  expectWithin(3 * perPause, sum);
  // What a busy host adds to both is not in the difference. Doubled delays add a unit.
  expectWithin(perPause, {
    ...{ what: 'linear pauses beyond equal ones', measured: linear - equal },
    ...{ nominal: 3 * unitMs, margin: unitMs },
  });
});

claim.concurrent('T2.8i', NEEDS, 'no attempt follows where the condition of the policy is false', async (ctx) => {
  await ctx.pack('e2e');
  const failing = (name: string, code: number, count: number, on_error: string): Task => ({
    ...task(ctx, name, 'exit-with', { code }),
    retry: { count, delay: 0, on_error },
  });
  const printed = failing('printed', 4, 2, '{{ result().fatal != true }}');
  const id = await startWorkflow(ctx, [
    failing('unmet', 4, 2, '{{ result().exit_code != 4 }}'),
    failing('met', 5, 2, '{{ result().exit_code != 4 }}'),
    failing('invalid', 4, 1, '{{ result().no_such }}'),
    { ...printed, input: { ...printed.input, out: '{"fatal": true}' } },
  ]);

  await expectRunsAtEnd(ctx, id, 'failed', { unmet: 1, met: 3, invalid: 2, printed: 1 });

  const attempts = await Promise.all(['unmet', 'met', 'invalid'].map((name) => attemptsOf(ctx, id, name)));
  expect(attempts.map((each) => each.map(({ status }) => status))).toEqual([
    ['failed'],
    ['failed', 'failed', 'failed'],
    ['failed', 'failed'], // one that cannot be evaluated does not end them
  ]);
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

const waitForAll = ({ client, deadline }: Context, ids: readonly number[]) =>
  Promise.all(ids.map((id) => until(executionToBe('completed', client, id), deadline)));

/** From the request to the end of each of `COUNT` runs, ms. */
const runAll = async (ctx: Context, ref: string): Promise<number[]> =>
  (await waitForAll(ctx, await startAll(ctx, ref))).map(
    (each) => workflowInterval(each).finish - parseInstant(each.created),
  );

claim.concurrent('T2.8f', NEEDS, 'a retry that waits does not slow other workflows', async (ctx) => {
  await ctx.pack('e2e');
  const flow = [task(ctx, 'first', 'append-ledger', {}, onSuccess('second')), task(ctx, 'second', 'append-ledger')];
  const { ref: neighbour } = await ctx.workflow(flow, { name: 'neighbour' });
  const aloneMs = Math.max(...(await runAll(ctx, neighbour)));
  const addedMs = Math.min(Math.max(ctx.slackMs('run'), NEIGHBOR_MS), MAX_ADDED_MS);
  const delaySeconds = Math.ceil((START_MS + 2 * aloneMs + addedMs) / 1_000);
  ctx.plan(delaySeconds * 1_000);
  const { ref: retried } = await ctx.workflow(flakyTasks(ctx, COUNT, { count: 1, delay: delaySeconds }));

  const ids = await startAll(ctx, retried);
  const attempts = () => Promise.all(ids.map((id) => attemptsOf(ctx, id, 'flaky')));
  const haveFailed = async () => (await attempts()).every(([first]) => first?.status === 'failed');
  await until(predicateToHold('the first attempts to be failed', haveFailed), ctx.deadline);
  const besideMs = await runAll(ctx, neighbour);
  await waitForAll(ctx, ids);

  const slack = ctx.slackMs('run');
  const leftMs = delaySeconds * 1_000 - START_MS; // of the delay, when the neighbours start
  expect(besideMs.map((ms) => checkDelay(ms, leftMs, slack))).toEqual(Array(COUNT).fill('not waited'));
  (await attempts()).forEach((both, n) => expectAttempts(ids[n]!, both, ['failed', 'completed']));
  const ends = ctx.ledger.entries(ctx.ledgerInput('second').key, 'end').map(({ atMs }) => atMs);
  const starts = ctx.ledger.entries(ctx.ledgerInput('flaky').key, 'start').map(({ atMs }) => atMs);
  expect([ends.length, starts.length]).toEqual([2 * COUNT, 2 * COUNT]);
  expect(Math.max(...ends)).toBeLessThan(starts[COUNT]!); // the first of the second attempts
});
