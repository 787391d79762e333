import type { TimeContext } from '../context';
import { waitForStatus } from '../resources/ended-executions';
import { runCounts } from '../resources/workflow-runs';

/**
 * The workflow ends with this status, and each label has exactly this number of runs after the
 * quiet time, which passes by `ctx.time`.
 */
export async function expectRunsInTime(
  ctx: TimeContext,
  id: number,
  goal: 'completed' | 'failed',
  runs: Readonly<Record<string, number>>,
): Promise<void> {
  await waitForStatus(ctx, id, goal);
  await ctx.time.pass(ctx.quietMs / 1_000);
  expect(runCounts(ctx, ...Object.keys(runs))).toEqual(runs);
}
