// Spec: an interval timer creates one event, enforcement and execution per period, on schedule.
import { secondsBetween } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { until } from '../../../helpers/scenario/polling';
import { expectOneExecutionPerFire, periodsTo } from '../../../helpers/scenario/resources/interval-fires';
import {
  EVERY_SECOND,
  executionsToReach,
  fireCount,
  firesToReach,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { expectEveryPeriod } from '../../../helpers/scenario/time/interval-periods';

const NEEDS = ['timers.interval', 'ledger.shared'];

/** Seconds. */
const PERIOD = 4;
const EVERY_PERIOD = { unit: 'seconds', interval: PERIOD };

claim.time('T1.1a', NEEDS, 'each fire creates one event, one enforcement and one execution', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);

  const { updated } = await ctx.client.rules.enable(rule.ref);
  await ctx.time.pass(3 * PERIOD);
  const fires = 3 + 1 - periodsTo(ctx, 1);
  await until(executionsToReach(fires, ctx, rule), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);
  await ctx.time.expectNothingFor(2 * PERIOD, () => fireCount(ctx, rule));

  const occurrences = await occurrencesOf(ctx, rule);
  await expectOneExecutionPerFire(ctx, rule, occurrences, fires);
  expect(occurrences).toHaveLength(fires);
  expectEveryPeriod(ctx, occurrences, updated, PERIOD);
  if (!ctx.canProve('timers.preview')) return;
  expect(await ctx.client.rules.get(rule.ref)).toMatchObject({ timer_state: 'off', next_fire_at: null });
});

claim.time('T1.1c', NEEDS, 'a timer that is enabled again counts from 1, in a phase of its own', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD, { matchesNothing: true });
  await ctx.client.rules.enable(rule.ref);
  await ctx.time.pass(1.5 * PERIOD);
  await until(firesToReach(1, ctx.client, rule.ref), ctx.deadline);

  await ctx.client.rules.disable(rule.ref);
  const before = await fireCount(ctx, rule);
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await ctx.time.pass(2 * PERIOD);
  await until(firesToReach(before + 2, ctx.client, rule.ref), ctx.deadline);

  const again = (await occurrencesOf(ctx, rule)).slice(before, before + 2);
  expect(again).toHaveLength(2);
  expectEveryPeriod(ctx, again, updated, PERIOD);
  expect(await ctx.client.enforcements.list({ rule_ref: rule.ref })).toEqual([]); // none matches its criteria
});

claim.time('T1.1b', NEEDS, 'five consecutive fires keep the period without drift or burst', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);

  const { updated } = await ctx.client.rules.enable(rule.ref);
  await ctx.time.expectNothingFor(PERIOD - 0.001, () => fireCount(ctx, rule));
  await ctx.time.pass(4 * PERIOD + 0.001);
  const fires = await until(executionsToReach(5, ctx, rule), ctx.deadline);
  const { next_fire_at: next } = await ctx.client.rules.get(rule.ref);
  await ctx.client.rules.disable(rule.ref);

  expect(runsOf(ctx, 'rule')).toBe(fires);
  const first = (await occurrencesOf(ctx, rule)).slice(0, 5);
  expect(first).toHaveLength(5);
  expectEveryPeriod(ctx, first, updated, PERIOD);
  if (!ctx.canProve('timers.preview')) return;
  ctx.time.expectSeconds([secondsBetween(updated, next ?? '')], [periodsTo(ctx, 6) * PERIOD]);
});

/** Intervals that end after the claim, and their lengths, seconds. */
const LONG_INTERVALS = [
  { unit: 'minutes', interval: 5, seconds: 300 },
  { unit: 'hours', interval: 2, seconds: 7_200 },
];

/** Lengths in whole microseconds: a part of one is rounded up, the error of a product is not. */
const FRACTIONS = [
  { unit: 'seconds', interval: 600.25, seconds: 600.25 },
  { unit: 'seconds', interval: 600.0000001, seconds: 600.000001 },
  { unit: 'seconds', interval: 600.0000019, seconds: 600.000002 },
  { unit: 'minutes', interval: 10.00000001, seconds: 600.000001 },
  { unit: 'minutes', interval: 16.1, seconds: 966 },
  { unit: 'hours', interval: 1.1, seconds: 3_960 },
];

const longIntervals = (ctx: Context) => [...LONG_INTERVALS, ...(ctx.canProve('durations.fractional') ? FRACTIONS : [])];

/** 3 s: less than two periods. */
const SHORT_MINUTES = { unit: 'minutes', interval: 0.05 };

/** What the event of the first fire of a timer states of its interval. */
async function secondsOfFire(ctx: Context, rule: TimerRule): Promise<unknown> {
  await until(firesToReach(1, ctx.client, rule.ref), ctx.deadline);
  return (await occurrencesOf(ctx, rule))[0]!.payload.interval_seconds;
}

const longTimers = (ctx: Context) =>
  Promise.all(
    longIntervals(ctx).map(({ unit, interval }, n) =>
      timerRule(ctx, 'interval', { unit, interval }, { label: `${unit}${n}`, enabled: true, matchesNothing: true }),
    ),
  );

claim.time('T1.1d', NEEDS, 'an interval of minutes or hours fires a whole interval later', async (ctx) => {
  await ctx.pack('e2e');
  const neighbour = await timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'neighbour', matchesNothing: true });
  const hasFractions = ctx.canProve('durations.fractional');
  const minutes = { label: 'minutes', enabled: true, matchesNothing: true };
  const short = hasFractions ? await timerRule(ctx, 'interval', SHORT_MINUTES, minutes) : null;
  const long = await longTimers(ctx);
  await ctx.client.rules.enable(neighbour.ref);

  await ctx.time.pass(2 * PERIOD);
  await until(firesToReach(2, ctx.client, neighbour.ref), ctx.deadline);
  const enabledAgain = await Promise.all(long.map(({ ref }) => ctx.client.rules.enable(ref))); // changes no phase

  const started = 1 - periodsTo(ctx, 1);
  expect(await Promise.all(long.map((each) => fireCount(ctx, each)))).toEqual(long.map(() => started));
  if (short) expect(await secondsOfFire(ctx, short)).toBe(3);
  if (!ctx.canProve('timers.preview')) return;
  const lengthsBy = (rules: typeof long) =>
    rules.map(({ next_fire_at: end }, n) => secondsBetween(long[n]!.updated, end ?? ''));
  const planned = longIntervals(ctx).map(({ seconds }) => seconds);
  expect([lengthsBy(long), lengthsBy(enabledAgain)]).toEqual([planned, planned]);
});

claim.realTime('T1.1e', NEEDS, 'an interval timer fires by the real clock', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_SECOND, { matchesNothing: true });

  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(firesToReach(2, ctx.client, rule.ref), ctx.deadline);

  const first = (await occurrencesOf(ctx, rule)).slice(0, 2);
  expect(first).toHaveLength(2);
  expectEveryPeriod(ctx, first, updated, 1);
});
