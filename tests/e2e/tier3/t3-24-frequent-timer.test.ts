// Spec: a timer loses and repeats no fire while it is enabled, and none comes after.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { stays } from '../../../helpers/scenario/polling';
import {
  fireCount,
  firesToReach,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { enableForExecutions, expectFiresWithin } from '../../../helpers/scenario/resources/enabled-time';
import {
  EVERY_PERIOD,
  expectOneExecutionPerFire,
  expectPeriod,
  PERIOD_MS,
} from '../../../helpers/scenario/resources/interval-fires';

const NEEDS = ['timers.interval', 'ledger.shared'];
const FIRES = 12;

/** The disabled rule does not fire while another of its period fires twice. Returns its fires. */
const expectSilence = async (ctx: Context, rule: TimerRule): Promise<number> => {
  const fires = await fireCount(ctx, rule);
  const parts = { label: 'neighbour', matchesNothing: true, enabled: true };
  const { ref } = await timerRule(ctx, 'interval', EVERY_PERIOD, parts);
  await stays(() => fireCount(ctx, rule), fires, firesToReach(2, ctx.client, ref), ctx.quietMs, ctx.deadline);
  return fires;
};

claim.concurrent('T3.24a', NEEDS, 'a dozen fires come one period apart, and each is executed once', async (ctx) => {
  await ctx.pack('e2e');
  ctx.plan(FIRES * PERIOD_MS);
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);

  const enabled = await enableForExecutions(ctx, rule, FIRES);
  const fires = await expectSilence(ctx, rule);

  const occurrences = await occurrencesOf(ctx, rule);
  expectPeriod(ctx, occurrences, enabled.updated, PERIOD_MS);
  await expectOneExecutionPerFire(ctx, rule, occurrences, enabled.executed);
  expectFiresWithin(ctx, fires, enabled);
});
