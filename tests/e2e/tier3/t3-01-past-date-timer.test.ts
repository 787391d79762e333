// Spec: a date timer whose instant has passed follows one declared policy at every distance.
import { formatInstant, parseInstant, secondsBetween } from '../../../helpers/instant';
import { claim, type Context, type TimeContext } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import {
  armTimer,
  executionsToReach,
  FAR_FUTURE,
  fireCount,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { EVERY_PERIOD } from '../../../helpers/scenario/resources/interval-fires';
import {
  expectNothingPlanned,
  expectPastPolicy,
  nullIfRejected,
  type PastRules,
} from '../../../helpers/scenario/resources/past-date';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { expectFires } from '../../../helpers/scenario/resources/timer-fires';
import { expectEveryPeriod, PERIOD } from '../../../helpers/scenario/time/interval-periods';

const NEEDS = ['timers.date', 'ledger.shared'];
const HOUR = 3_600;
const DAY = 24 * HOUR;

/** The instant so many seconds from now, RFC 3339. */
const instantIn = async ({ time }: TimeContext, seconds: number): Promise<string> =>
  formatInstant(parseInstant(await time.now()) + seconds * 1_000);

/** An enabled rule with this instant; null if it was rejected. */
const enabledRule = (ctx: Context, label: string, fire_at: string): Promise<TimerRule | null> =>
  nullIfRejected(timerRule(ctx, 'date', { fire_at }, { label, enabled: true }));

/** The control is armed one second ahead, and fires then. The rules follow the declared policy. */
const expectPolicyUntilFire = async (ctx: TimeContext, control: TimerRule, rules: PastRules) => {
  const fire_at = await instantIn(ctx, 1);
  const { updated } = await armTimer(ctx, control, { fire_at });
  await ctx.time.expectNothingFor(0.999, () => fireCount(ctx, control));
  await ctx.time.pass(0.001);

  await expectPastPolicy(ctx, rules, executionsToBe('completed', 1, ctx.client, { rule_ref: control.ref }));
  expectFires(ctx, await occurrencesOf(ctx, control), updated, [secondsBetween(updated, fire_at)]);
  expect(runCounts(ctx, control.label)).toEqual({ [control.label]: 1 });
  if (ctx.canProve('timers.preview')) await expectNothingPlanned(ctx, rules);
};

/** Arms rules for one past instant in each way that there is. `requested`: those to be stored. */
const armInEachWay = async (ctx: Context, fire_at: string) => {
  const { rules } = ctx.client;
  const later = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'updated' });
  const stored = await nullIfRejected(timerRule(ctx, 'date', { fire_at }, { label: 'enabled' }));
  const created = await enabledRule(ctx, 'created', fire_at);
  const updated = await nullIfRejected(rules.update(later.ref, { trigger_params: { fire_at }, enabled: true }));
  const enabled = stored && (await nullIfRejected(rules.enable(stored.ref)));
  return { armed: { created, updated, enabled }, requested: [later, created, stored] };
};

/** The pack of the test has these rules and no others; null: it was rejected. */
const expectStored = async (ctx: Context, rules: readonly (TimerRule | null)[]) => {
  const packRef = await ctx.ownPack();
  const stored = (await ctx.client.rules.list()).filter(({ pack_ref }) => pack_ref === packRef);
  const kept = rules.flatMap((rule) => (rule === null ? [] : [rule.ref]));
  expect(stored.map(({ ref }) => ref).sort()).toEqual(kept.sort());
};

claim.time('T3.1a', NEEDS, 'a date one hour late has one result, however it is armed', async (ctx) => {
  await ctx.pack('e2e');
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'control' });

  const { armed, requested } = await armInEachWay(ctx, await instantIn(ctx, -HOUR));

  await expectPolicyUntilFire(ctx, control, armed);
  await expectStored(ctx, [control, ...requested]);
});

claim.time('T3.1b', NEEDS, 'two seconds late follows the policy, one second ahead fires', async (ctx) => {
  await ctx.pack('e2e');
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'early' });

  const late = await enabledRule(ctx, 'late', await instantIn(ctx, -2));

  await expectPolicyUntilFire(ctx, control, { late });
});

claim.time('T3.1c', [...NEEDS, 'timers.interval'], 'a year late and 1970 have the same result', async (ctx) => {
  await ctx.pack('e2e');
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'control' });

  const year = await enabledRule(ctx, 'year', await instantIn(ctx, -365 * DAY));
  const epoch = await enabledRule(ctx, 'epoch', formatInstant(1_000));
  const fresh = await timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'fresh', enabled: true });

  await expectPolicyUntilFire(ctx, control, { year, epoch });
  await ctx.time.pass(2 * PERIOD);
  await until(executionsToReach(2, ctx, fresh), ctx.deadline);
  expectEveryPeriod(ctx, await occurrencesOf(ctx, fresh), fresh.updated);
});
