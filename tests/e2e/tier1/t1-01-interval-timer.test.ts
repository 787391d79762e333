// Spec: an interval timer creates one event, enforcement and execution per period, on schedule.
import { parseInstant } from '../../../helpers/instant';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { expectNotEarly } from '../../../helpers/scenario/expectations';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  completedExecutions,
  disableBetweenFires,
  executionsToReach,
  fireCount,
  firesToReach,
  occurrencesOf,
  timerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import {
  dueInstants,
  EVERY_PERIOD,
  expectOneExecutionPerFire,
  expectPeriod,
  PERIOD_MS,
  periodsTo,
} from '../../../helpers/scenario/resources/interval-fires';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['timers.interval', 'ledger.shared'];

claim.concurrent('T1.1a', NEEDS, 'each fire creates one event, one enforcement and one execution', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'neighbour', matchesNothing: true });

  await ctx.client.rules.enable(neighbour.ref);
  const enableSentAt = performance.now();
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(3, ctx, rule), ctx.deadline);
  const evaluated = await disableBetweenFires(ctx, rule, PERIOD_MS);
  const enabledMs = performance.now() - enableSentAt;
  const fires = await fireCount(ctx, rule);
  const fence = firesToReach((await fireCount(ctx, neighbour)) + 2, ctx.client, neighbour.ref);
  await stays(() => fireCount(ctx, rule), fires, fence, ctx.quietMs, ctx.deadline);

  const occurrences = await occurrencesOf(ctx, rule);
  await expectOneExecutionPerFire(ctx, rule, occurrences, await completedExecutions(ctx, rule, evaluated));
  expectNotEarly(occurrences, dueInstants(ctx, parseInstant(updated), fires, PERIOD_MS));
  expect(periodsTo(ctx, fires)).toBeLessThanOrEqual(Math.floor(enabledMs / PERIOD_MS));
  if (!ctx.canProve('timers.preview')) return;
  expect(await ctx.client.rules.get(rule.ref)).toMatchObject({ timer_state: 'off', next_fire_at: null });
});

claim.concurrent('T1.1c', NEEDS, 'a timer that is enabled again counts from 1, in a phase of its own', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD, { matchesNothing: true });
  await ctx.client.rules.enable(rule.ref);
  await until(firesToReach(1, ctx.client, rule.ref), ctx.deadline);

  await ctx.client.rules.disable(rule.ref);
  const before = await fireCount(ctx, rule);
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(firesToReach(before + 2, ctx.client, rule.ref), ctx.deadline);

  const again = (await occurrencesOf(ctx, rule)).slice(before, before + 2);
  expect(again.map(({ payload }) => payload.execution_count)).toEqual([1, 2]);
  expectNotEarly(again, dueInstants(ctx, parseInstant(updated), 2, PERIOD_MS));
  expect(await ctx.client.enforcements.list({ rule_ref: rule.ref })).toEqual([]); // none matches its criteria
});

/** Intervals that end after the claim, and their lengths, ms. */
const LONG_INTERVALS = [
  { unit: 'minutes', interval: 5, ms: 300_000 },
  { unit: 'hours', interval: 2, ms: 7_200_000 },
];

const FRACTION = { unit: 'seconds', interval: 600.25, ms: 600_250 };

const longIntervals = (ctx: Context) => [
  ...LONG_INTERVALS,
  ...(ctx.canProve('durations.fractional') ? [FRACTION] : []),
];

const microsFrom = (start: number, end: string | null | undefined): number =>
  Math.round((parseInstant(end ?? '') - start) * 1_000);

const longTimers = (ctx: Context) =>
  Promise.all(
    longIntervals(ctx).map(({ unit, interval }) =>
      timerRule(ctx, 'interval', { unit, interval }, { label: unit, enabled: true, matchesNothing: true }),
    ),
  );

claim.concurrent('T1.1b', NEEDS, 'five consecutive fires keep the period without drift or burst', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);

  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(5, ctx, rule), ctx.deadline);
  const { next_fire_at: next } = await ctx.client.rules.get(rule.ref);
  const n = await completedExecutions(ctx, rule, await disableBetweenFires(ctx, rule, PERIOD_MS));

  expect(runsOf(ctx, 'rule')).toBe(n);
  expectPeriod(ctx, (await occurrencesOf(ctx, rule)).slice(0, 5), updated, PERIOD_MS);
  if (!ctx.canProve('timers.preview')) return;
  expect(microsFrom(parseInstant(updated), next) % (PERIOD_MS * 1_000)).toBe(0);
});

claim.concurrent('T1.1d', NEEDS, 'an interval of minutes or hours fires a whole interval later', async (ctx) => {
  await ctx.pack('e2e');
  const neighbour = await timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'neighbour', matchesNothing: true });
  const long = await longTimers(ctx);
  await ctx.client.rules.enable(neighbour.ref);

  await until(firesToReach(2, ctx.client, neighbour.ref), ctx.deadline);
  const enabledAgain = await Promise.all(long.map(({ ref }) => ctx.client.rules.enable(ref))); // changes no phase

  const started = 1 - periodsTo(ctx, 1);
  expect(await Promise.all(long.map((each) => fireCount(ctx, each)))).toEqual(long.map(() => started));
  if (!ctx.canProve('timers.preview')) return;
  const lengthsBy = (rules: typeof long) =>
    rules.map(({ next_fire_at: end }, n) => microsFrom(parseInstant(long[n]!.updated), end));
  const planned = longIntervals(ctx).map(({ ms }) => ms * 1_000);
  expect([lengthsBy(long), lengthsBy(enabledAgain)]).toEqual([planned, planned]);
});
