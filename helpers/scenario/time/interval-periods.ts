import type { TimeContext } from '../context';
import { until } from '../polling';
import { EVERY_PERIOD, expectOneExecutionPerFire, periodsTo } from '../resources/interval-fires';
import { expectFires } from '../resources/timer-fires';
import {
  executionsToReach,
  numbersUpTo,
  occurrencesOf,
  type Occurrence,
  type TimerRule,
} from '../resources/timer-rule';

/** Of `EVERY_PERIOD`, seconds. */
export const PERIOD = EVERY_PERIOD.interval;

/**
 * Enables an interval rule, and lets its first `n` fires and half a period of so many seconds
 * pass. `executed`: its executions until then. Returns `updated` of the enabled rule.
 */
export async function fireTimes(
  ctx: TimeContext,
  rule: TimerRule,
  n: number,
  { period = PERIOD, executed = 0 } = {},
): Promise<string> {
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await ctx.time.pass((periodsTo(ctx, n) + 0.5) * period);
  await until(executionsToReach(executed + n, ctx, rule), ctx.deadline);
  return updated;
}

/**
 * These are the first fires of a timer since `enabledAt`, the `updated` of its rule: numbered from
 * 1, and one period of so many seconds apart.
 */
export function expectEveryPeriod(
  ctx: TimeContext,
  occurrences: readonly Occurrence[],
  enabledAt: string,
  period = PERIOD,
): void {
  const numbers = numbersUpTo(occurrences.length);
  expect(occurrences.map(({ payload }) => payload.execution_count)).toEqual(numbers);
  expectFires(
    ctx,
    occurrences,
    enabledAt,
    numbers.map((k) => periodsTo(ctx, k) * period),
  );
}

/**
 * Each fire of an interval rule, which is disabled again, kept the period since `enabledAt`, and
 * has one completed execution with the rule's own parameters.
 */
export async function expectExecutedFires(
  ctx: TimeContext,
  rule: TimerRule,
  enabledAt: string,
  period = PERIOD,
): Promise<void> {
  const occurrences = await occurrencesOf(ctx, rule);
  expectEveryPeriod(ctx, occurrences, enabledAt, period);
  await until(executionsToReach(occurrences.length, ctx, rule), ctx.deadline);
  await expectOneExecutionPerFire(ctx, rule, occurrences, occurrences.length);
}
