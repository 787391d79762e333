// Spec: jitter makes delays longer and shorter, within its part.
import { secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { range } from '../../../helpers/scenario/resources/list-task';
import { attemptsOf, startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';

/** So many delays are most certainly on both sides of the planned one, and not all close to it. */
const FREE = 24;

const CAPPED = 8;

const JITTER = { count: 1, delay: 10, jitter: 0.2 };

const JITTERS = [
  'workflows.retry',
  'workflows.retry_jitter',
  'workflows.retry_cap',
  'workflows.with_items',
  'clock.virtual',
];

/** The planned delays before the retries of the items of a task, seconds. */
const plannedDelays = async (ctx: Context, id: number, name: string): Promise<number[]> => {
  const attempts = await attemptsOf(ctx, id, name);
  const find = (index: unknown, retry: number) =>
    attempts.find(({ workflow_task: of }) => of?.task_index === index && of?.retry_count === retry);
  return attempts.slice(0, attempts.length / 2).map(({ finished_at, workflow_task: of }) => {
    const next = find(of?.task_index, 1)?.workflow_task?.next_retry_at;
    return secondsBetween(finished_at ?? '', next ?? '');
  });
};

claim.time('T2.8k', JITTERS, 'jitter makes delays longer and shorter, up to its part and the cap', async (ctx) => {
  const fails = { action: 'core.noop', input: { exit_code: 1 }, concurrency: FREE };
  const id = await startWorkflow(ctx, [
    { ...fails, name: 'free', with_items: range(FREE), retry: JITTER },
    { ...fails, name: 'capped', with_items: range(CAPPED), retry: { ...JITTER, max_delay: JITTER.delay } },
  ]);
  const arePlanned = async () => (await ctx.client.executions.children(id)).length === 2 * (FREE + CAPPED);
  await until(predicateToHold('the retries to be planned', arePlanned), ctx.deadline);
  await ctx.time.pass(0);

  const [free, capped] = [await plannedDelays(ctx, id, 'free'), await plannedDelays(ctx, id, 'capped')];
  await ctx.client.executions.cancel(id);
  const parts = free.map((delay) => delay / JITTER.delay - 1);
  expect([free.length, capped.length]).toEqual([FREE, CAPPED]);
  expect(parts.filter((part) => !(Math.abs(part) <= JITTER.jitter))).toEqual([]);
  const isFar = (part: number) => Math.abs(part) > JITTER.jitter / 2;
  expect([parts.some((part) => part < 0), parts.some((part) => part > 0), parts.some(isFar)]).toEqual([
    true,
    true,
    true,
  ]);
  expect(capped.filter((delay) => !(delay >= 8 && delay <= JITTER.delay))).toEqual([]);
  expect(capped.some((delay) => delay < JITTER.delay)).toBe(true);
});
