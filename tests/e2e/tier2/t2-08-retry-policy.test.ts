// Spec: a failed task is tried again up to its retry count and no further, each pause as long as its policy says; every attempt is an execution of its own.
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { executionToBe } from '../../../helpers/conditions';
import { CLOCK_RESOLUTION_MS, IN_BOTH_CLOCKS, precedes, run, wit, type Interval } from '../../../helpers/intervals';
import { only, taskOf } from '../../../helpers/lineage';
import { stays, until } from '../../../helpers/polling';
import { onSuccess, task, type Parameters } from '../../../helpers/workflow';

/** The first delay, and the distance of each planned one to the nearest wrong one. Shorter, and a busy host could not tell. */
const BASE_MS = 1_000;

const NEEDS = ['workflows.retry', 'executions.intervals', 'ledger.shared'];

/** Starts a workflow whose task `flaky` fails `n` times before it succeeds; then comes `after`, told which attempt it was. */
const runFailing = async (ctx: Context, n: number, retry: Parameters): Promise<number> => {
  await ctx.pack('e2e');
  const flaky = { ...task(ctx, 'flaky', 'fail-n-times', { n }, onSuccess('after')), retry };
  const after = task(ctx, 'after', 'echo-params', { attempt: '{{ task.flaky.attempt }}' });
  const flow = await ctx.workflow([flaky, after]);
  return (await ctx.client.executions.execute({ action_ref: flow.ref })).id;
};

const attemptsOf = async (ctx: Context, id: number) =>
  (await ctx.client.executions.children(id)).filter((child) => taskOf(child) === 'flaky');

const tries = (ctx: Context) => ctx.ledger.count(ctx.signed('flaky').key);

/** From the end of each attempt to the start of the next, ms. */
const gaps = (attempts: readonly Interval[]): number[] =>
  attempts.slice(1).map(({ start }, k) => start - attempts[k]!.finish);

claim.concurrent(
  'T2.8a',
  NEEDS,
  'two failures and a success use three attempts, not the fourth allowed',
  async (ctx) => {
    const id = await runFailing(ctx, 2, { count: 3, delay: 0 });
    const last = { ...task(ctx, 'last', 'fail-n-times', { n: 2 }), retry: { count: 2, delay: 0 } };
    const { ref } = await ctx.workflow([last], { name: 'no-fourth-allowed' });
    const { id: other } = await ctx.client.executions.execute({ action_ref: ref });

    for (const one of [id, other]) await until(executionToBe('completed', ctx.client, one), ctx.deadline);

    const attempts = await attemptsOf(ctx, id);
    const [first, second, third] = attempts;
    const { id: head } = first!;
    expect(attempts.map((each) => [each.parent, each.status, each.original_execution])).toEqual([
      [id, 'failed', undefined],
      [id, 'failed', head],
      [id, 'completed', head],
    ]);
    expect(attempts.map((each) => each.workflow_task?.retry_count)).toEqual([0, 1, 2]);
    expect(precedes(first!, second!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
    expect(precedes(second!, third!, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
    const after = only('after', await ctx.client.executions.children(id));
    expect(precedes(third!, after, ctx.ledger)).toEqual(IN_BOTH_CLOCKS);
    expect((await ctx.client.executions.get(after.id)).result).toMatchObject({ data: { params: { attempt: 3 } } });
    expect([tries(ctx), ctx.ledger.count(ctx.signed('last').key)]).toEqual([3, 3]);
  },
);

claim.concurrent(
  'T2.8b',
  NEEDS,
  'a task that never succeeds is tried once and twice again, and its last error is kept',
  async (ctx) => {
    const id = await runFailing(ctx, 99, { count: 2, delay: 0 });

    const runs = () => [tries(ctx), ctx.ledger.count(ctx.signed('after').key)];
    await stays(runs, [3, 0], executionToBe('failed', ctx.client, id), ctx.quietMs, ctx.deadline);

    const children = await ctx.client.executions.children(id);
    const ends = await Promise.all(children.map(async (child) => ctx.client.executions.get(child.id)));
    expect(ends.map(({ status, result }) => ({ status, result }))).toMatchObject(
      [1, 2, 3].map((k) => ({ status: 'failed', result: { error: `attempt ${k}`, exit_code: 1 } })),
    );
    expect(children.map((child) => [taskOf(child), child.workflow_task?.retry_count])).toEqual([
      ['flaky', 0],
      ['flaky', 1],
      ['flaky', 2],
    ]);
    expect((await ctx.client.executions.get(id)).result).toMatchObject({
      error: 'Workflow failed: 1 task(s) failed: flaky',
    });
  },
);

claim.concurrent('T2.8c', NEEDS, 'a first success makes the policy inert', async (ctx) => {
  const id = await runFailing(ctx, 0, { count: 3, delay: BASE_MS / 1_000 });

  const past = BASE_MS + ctx.slackMs('gap');
  await stays(() => tries(ctx), 1, executionToBe('completed', ctx.client, id), past, ctx.deadline);

  const root = await ctx.client.executions.get(id);
  const attempt = only('flaky', await ctx.client.executions.children(id));
  const after = only('after', await ctx.client.executions.children(id));
  expect([attempt.workflow_task?.retry_count, attempt.original_execution]).toEqual([0, undefined]);
  const waits = [run(attempt).start - run(root).start, run(after).start - run(attempt).finish];
  expect(waits.map((ms) => judgeBound(ms, 0, ctx.slackMs('run'), BASE_MS))).toEqual(['within', 'within']);
});

/** Three failures and a success under exponential backoff: the gaps by the platform's record, and by the ledger's stamps. */
const exponentially = async (ctx: Context, policy: Parameters) => {
  const id = await runFailing(ctx, 3, { count: 3, backoff: 'exponential', ...policy });
  await until(executionToBe('completed', ctx.client, id), ctx.deadline);
  const attempts = await attemptsOf(ctx, id);
  expect(attempts.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'completed']);
  return { recorded: gaps(attempts.map(run)), stamped: gaps(attempts.map((attempt) => wit(attempt, ctx.ledger))) };
};

/** Of each gap: is it as long as planned, hard, and no longer than this host may add. */
const judged = (ctx: Context, found: readonly number[], planned: readonly number[]) =>
  planned.map((nominal, k) => [
    found[k]! >= nominal - CLOCK_RESOLUTION_MS,
    judgeBound(found[k]!, nominal, ctx.slackMs('gap'), BASE_MS),
  ]);

const RIGHT = [true, 'within'];

claim.concurrent('T2.8d', NEEDS, 'delays double from attempt to attempt', async (ctx) => {
  const { recorded, stamped } = await exponentially(ctx, { delay: BASE_MS / 1_000 });

  const planned = [BASE_MS, 2 * BASE_MS, 4 * BASE_MS];
  expect(judged(ctx, recorded, planned)).toEqual([RIGHT, RIGHT, RIGHT]);
  expect(judged(ctx, stamped, planned)).toEqual([RIGHT, RIGHT, RIGHT]);
});

claim.concurrent('T2.8e', [...NEEDS, 'workflows.retry_cap'], 'no delay is longer than the cap', async (ctx) => {
  const { recorded, stamped } = await exponentially(ctx, { delay: BASE_MS / 1_000, max_delay: BASE_MS / 1_000 });

  const planned = [BASE_MS, BASE_MS, BASE_MS];
  expect(judged(ctx, recorded, planned)).toEqual([RIGHT, RIGHT, RIGHT]);
  expect(judged(ctx, stamped, planned)).toEqual([RIGHT, RIGHT, RIGHT]);
});
