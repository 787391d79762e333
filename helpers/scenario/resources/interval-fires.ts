import { runsOf } from './workflow-runs';
import type { Context } from '../context';
import { echoedParameters } from './echoed-parameters';
import { eventChain, numbersUpTo, type Occurrence, type TimerRule } from './timer-rule';

/** A shorter period is no longer than what the tests beside a timer may add to a fire. */
export const EVERY_PERIOD = { unit: 'seconds', interval: 2 };

/** Periods from the activation to fire number `k`; the first fire has number 1. */
export const periodsTo = ({ facts }: Context, k: number): number =>
  facts.choices.intervalFirstFire === 'after-one' ? k : k - 1;

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
