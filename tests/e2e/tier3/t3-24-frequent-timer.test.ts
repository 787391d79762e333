// Spec: a timer loses and repeats no fire while it is enabled, and none comes after.
import { claim } from '../../../helpers/scenario/claim';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  completedExecutions,
  executionsToReach,
  fireCount,
  firesToReach,
  occurrencesOf,
  timerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import {
  EVERY_PERIOD,
  expectOneExecutionPerFire,
  expectPeriod,
  PERIOD_MS,
  periodsTo,
} from '../../../helpers/scenario/resources/interval-fires';

const NEEDS = ['timers.interval', 'ledger.shared'];
const FIRES = 12;

claim.concurrent('T3.24a', NEEDS, 'a dozen fires come one period apart, and each is executed once', async (ctx) => {
  await ctx.pack('e2e');
  ctx.plan(FIRES * PERIOD_MS);
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);
  const neighbour = await timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'neighbour', matchesNothing: true });

  const enableSentAt = performance.now();
  const { updated } = await ctx.client.rules.enable(rule.ref);
  await until(executionsToReach(FIRES, ctx, rule), ctx.deadline);
  await ctx.client.rules.disable(rule.ref);
  const enabledMs = performance.now() - enableSentAt;
  const executed = await completedExecutions(ctx, rule, FIRES);
  const fires = await fireCount(ctx, rule);
  await ctx.client.rules.enable(neighbour.ref);
  const fence = firesToReach(2, ctx.client, neighbour.ref);
  await stays(() => fireCount(ctx, rule), fires, fence, ctx.quietMs, ctx.deadline);

  const occurrences = await occurrencesOf(ctx, rule);
  expectPeriod(ctx, occurrences, updated, PERIOD_MS);
  await expectOneExecutionPerFire(ctx, rule, occurrences, executed);
  expect(periodsTo(ctx, fires)).toBeLessThanOrEqual(Math.floor(enabledMs / PERIOD_MS));
});
