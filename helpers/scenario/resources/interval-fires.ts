import { parseInstant } from '../../instant';
import { runsOf } from './workflow-runs';
import type { Context } from '../context';
import { expectNotEarly } from '../expectations';
import { expectWithin } from '../upper-bound';
import { echoedParameters } from './echoed-parameters';
import { eventChain, latenessOf, numbersUpTo, type Occurrence, type TimerRule } from './timer-rule';

/** A shorter period is no longer than what the tests beside a timer may add to a fire. */
export const PERIOD_MS = 2_000;
export const EVERY_PERIOD = { unit: 'seconds', interval: PERIOD_MS / 1_000 };

/** Periods from the activation to fire number `k`; the first fire has number 1. */
export const periodsTo = ({ facts }: Context, k: number): number =>
  facts.choices.intervalFirstFire === 'after-one' ? k : k - 1;

/** When the first `n` fires of a timer that was activated at this instant are due, epoch ms. */
export const dueInstants = (ctx: Context, activated: number, n: number, periodMs: number): number[] =>
  numbersUpTo(n).map((k) => activated + periodsTo(ctx, k) * periodMs);

/**
 * These are the first fires of a timer since `enabledAt`, the `updated` of its rule: numbered from
 * 1, none of them early, and each one period after the one before.
 */
export function expectPeriod(
  ctx: Context,
  occurrences: readonly Occurrence[],
  enabledAt: string,
  periodMs: number,
): void {
  expect(occurrences.map(({ payload }) => payload.execution_count)).toEqual(numbersUpTo(occurrences.length));
  const due = dueInstants(ctx, parseInstant(enabledAt), occurrences.length, periodMs);
  expectNotEarly(occurrences, due);
  const [first = NaN, ...later] = occurrences.map(({ firedAt }) => firedAt);
  expectWithin(
    ctx.slackMs('mark'),
    latenessOf(0, first, due[0]! + ctx.facts.choices.timerPickupMs, periodMs),
    ...later.map((firedAt, n) => latenessOf(n + 1, firedAt, first + (n + 1) * periodMs, periodMs)),
  );
}

/**
 * The first `n` fires of the rule have one enforcement and one completed execution each, which
 * received the parameters of this rule; no other fire has any.
 */
export async function expectOneExecutionPerFire(
  ctx: Context,
  rule: TimerRule,
  occurrences: readonly Occurrence[],
  n: number,
): Promise<void> {
  const chain = await eventChain(
    ctx,
    rule,
    occurrences.map(({ event }) => event),
  );
  const numbers = numbersUpTo(n);
  expect(chain).toMatchObject({ enforced: numbers, executed: numbers, statuses: numbers.map(() => 'completed') });
  const params = await Promise.all(chain.ids.map(async (id) => echoedParameters(await ctx.client.executions.get(id))));
  expect(params).toEqual(numbers.map(() => ({ ...ctx.ledgerInput(rule.label), nonce: ctx.nonce })));
  expect(runsOf(ctx, rule.label)).toBe(n);
}
