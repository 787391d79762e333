// Spec: an interval timer makes exactly one event, enforcement and execution a period, on schedule, from one period after it is switched on.
import { judgeBound } from '../../../helpers/bounds';
import { claim, type Context } from '../../../helpers/claim';
import { echoed } from '../../../helpers/echoed';
import { executionsToBe } from '../../../helpers/event-conditions';
import { instant } from '../../../helpers/instant';
import { stays, until } from '../../../helpers/polling';
import {
  chainOf,
  EACH_SECOND,
  executionsToReach,
  fires,
  firesToReach,
  occurrencesOf,
  timerRule,
  upTo,
  type Occurrence,
} from '../../../helpers/timer-rule';

const NEEDS = ['timers.interval', 'ledger.shared'];
const PERIOD_MS = 1_000;

/** Periods before fire number `k`, 1 the first. */
const periodsTo = ({ facts }: Context, k: number): number =>
  facts.choices.intervalFirstFire === 'after-one' ? k : k - 1;

/** Is no fire early? Compares two readings of the platform's own clock. */
const neverEarly = (ctx: Context, activated: number, occurrences: readonly Occurrence[]): boolean[] =>
  occurrences.map(({ firedAt }, at) => firedAt >= activated + periodsTo(ctx, at + 1) * PERIOD_MS);

claim.concurrent('T1.1a', NEEDS, 'each fire yields one event, one enforcement and one execution', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EACH_SECOND);
  const neighbour = await timerRule(ctx, 'interval', EACH_SECOND, { label: 'neighbour' });

  const sent = performance.now();
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(3, ctx, rule), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);
  const enabledMs = performance.now() - sent;
  const n = await fires(ctx, rule);
  await ctx.client.rules.enable(neighbour.ref);
  const fence = firesToReach(2, ctx.client, neighbour.ref);
  await stays(() => fires(ctx, rule), n, fence, ctx.quietMs, ctx.deadline);

  await until(executionsToBe('completed', n, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  const occurrences = await occurrencesOf(ctx, rule);
  const chain = await chainOf(
    ctx,
    rule,
    occurrences.map(({ event }) => event),
  );
  expect(chain).toMatchObject({ enforced: upTo(n), executed: upTo(n) });
  const params = await Promise.all(chain.ids.map(async (id) => echoed(await ctx.client.executions.get(id))));
  expect(params).toEqual(upTo(n).map(() => ({ ...ctx.signed('rule'), nonce: ctx.nonce })));
  expect(ctx.ledger.count(ctx.signed('rule').key)).toBe(n);
  expect(neverEarly(ctx, instant(updated), occurrences)).toEqual(upTo(n).map(() => true));
  expect(periodsTo(ctx, n)).toBeLessThanOrEqual(Math.floor(enabledMs / PERIOD_MS));
});

claim.concurrent('T1.1b', NEEDS, 'five fires in a row keep the period, without drift or burst', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EACH_SECOND);

  const activated = instant((await ctx.client.rules.enable(rule.ref)).updated);
  await until(executionsToReach(5, ctx, rule), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);
  const n = await fires(ctx, rule);
  await until(executionsToBe('completed', n, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  expect(ctx.ledger.count(ctx.signed('rule').key)).toBe(n);

  const five = (await occurrencesOf(ctx, rule)).slice(0, 5);
  const [first = NaN, ...others] = five.map(({ firedAt }) => firedAt);
  const slack = ctx.slackMs('mark');
  expect(five.map(({ payload }) => payload.execution_count)).toEqual([1, 2, 3, 4, 5]);
  expect(neverEarly(ctx, activated, five)).toEqual([true, true, true, true, true]);
  const planned = activated + periodsTo(ctx, 1) * PERIOD_MS;
  expect(judgeBound(first, planned + ctx.facts.choices.timerPickupMs, slack, PERIOD_MS)).toBe('within');
  const inPhase = others.map((firedAt, at) => judgeBound(firedAt, first + (at + 1) * PERIOD_MS, slack, PERIOD_MS));
  expect(inPhase).toEqual(['within', 'within', 'within', 'within']);
  const drift = five[4]!.firedAt - first - 4 * PERIOD_MS;
  expect(judgeBound(drift, 0, slack, PERIOD_MS)).toBe('within');
});
