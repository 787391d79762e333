// Spec: a timer loses and repeats no fire while it is enabled, and none comes after.
import { claim } from '../../../helpers/scenario/claim';
import { EVERY_PERIOD } from '../../../helpers/scenario/resources/interval-fires';
import { fireCount, timerRule } from '../../../helpers/scenario/resources/timer-rule';
import { expectExecutedFires, fireTimes, PERIOD } from '../../../helpers/scenario/time/interval-periods';

const NEEDS = ['timers.interval', 'ledger.shared'];
const FIRES = 12;

claim.time('T3.24a', NEEDS, 'a dozen fires come one period apart, and each is executed once', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'interval', EVERY_PERIOD);

  const enabledAt = await fireTimes(ctx, rule, FIRES);
  await ctx.client.rules.disable(rule.ref);

  await ctx.time.expectNothingFor(2 * PERIOD, () => fireCount(ctx, rule));
  await expectExecutedFires(ctx, rule, enabledAt);
});
