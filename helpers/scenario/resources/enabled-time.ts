import type { Context } from '../context';
import { until } from '../polling';
import { completedExecutions, executionsToReach, type TimerRule } from './timer-rule';
import { PERIOD_MS, periodsTo } from './interval-fires';

/** A time for which a rule was enabled. */
interface EnabledTime {
  /** `updated` of the enabled rule. */
  readonly updated: string;
  /** From the request that enabled it to the response that disabled it, ms. */
  readonly enabledMs: number;
  /** Executions of the rule at its end, all completed. */
  readonly executed: number;
}

/** Enables an interval rule until it has `n` completed executions or more, and disables it. */
export async function enableForExecutions(ctx: Context, rule: TimerRule, n: number): Promise<EnabledTime> {
  const sentAt = performance.now();
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(n, ctx, rule), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);
  const enabledMs = performance.now() - sentAt;
  return { updated, enabledMs, executed: await completedExecutions(ctx, rule, n) };
}

/** A rule of `EVERY_PERIOD` has not fired more often than its periods fit into the time. */
export const expectFiresWithin = (ctx: Context, fires: number, { enabledMs }: EnabledTime): void =>
  expect(periodsTo(ctx, fires)).toBeLessThanOrEqual(Math.floor(enabledMs / PERIOD_MS));
