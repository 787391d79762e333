// Spec: a date timer whose instant has passed follows one declared policy at every distance.
import { expectWithin } from '../../../helpers/scenario/upper-bound';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { expectNotEarly } from '../../../helpers/scenario/expectations';
import { until } from '../../../helpers/scenario/polling';
import { platformClock, rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import {
  armTimer,
  executionsToReach,
  FAR_FUTURE,
  latenessOf,
  leadMs,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { EVERY_PERIOD, expectPeriod, PERIOD_MS } from '../../../helpers/scenario/resources/interval-fires';
import { expectNothingPlanned, expectPastPolicy, nullIfRejected } from '../../../helpers/scenario/resources/past-date';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['timers.date', 'ledger.shared'];
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An enabled rule with this instant, epoch ms; null if it was rejected. */
const enabledRule = (ctx: Context, label: string, instantMs: number): Promise<TimerRule | null> =>
  nullIfRejected(timerRule(ctx, 'date', { fire_at: rfc3339(instantMs) }, { label, enabled: true }));

/** Arms the control, whose end is the fence, for an instant in the future. Returns both. */
const armControl = async (ctx: Context, control: TimerRule) => {
  const controlAt = Math.ceil(platformClock(ctx).now() + leadMs(ctx, SECOND_MS));
  await armTimer(ctx, control, { fire_at: rfc3339(controlAt) }, controlAt);
  return { controlAt, fence: executionsToBe('completed', 1, ctx.client, { rule_ref: control.ref }) };
};

/** The control fired once, at its instant. */
const expectFiredAt = async (ctx: Context, control: TimerRule, controlAt: number) => {
  const occurrences = await occurrencesOf(ctx, control);
  expectNotEarly(occurrences, [controlAt]);
  expectWithin(ctx.slackMs('mark'), latenessOf(0, occurrences[0]!.firedAt, controlAt, HOUR_MS));
  expect(runCounts(ctx, control.label)).toEqual({ [control.label]: 1 });
};

/**
 * Arms rules for one past instant in each way that there is. Returns what `expectPastPolicy`
 * takes.
 */
const armInEachWay = async (ctx: Context, instantMs: number) => {
  const params = { fire_at: rfc3339(instantMs) };
  const { rules } = ctx.client;
  const later = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'updated' });
  const stored = await nullIfRejected(timerRule(ctx, 'date', params, { label: 'enabled' }));
  const created = await enabledRule(ctx, 'created', instantMs);
  const updated = await nullIfRejected(rules.update(later.ref, { trigger_params: params, enabled: true }));
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

claim.concurrent('T3.1a', NEEDS, 'a date one hour late has one result, however it is armed', async (ctx) => {
  await ctx.pack('e2e');
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'control' });

  const { armed, requested } = await armInEachWay(ctx, platformClock(ctx).now() - HOUR_MS);
  const { controlAt, fence } = await armControl(ctx, control);

  await expectPastPolicy(ctx, armed, fence);
  await expectFiredAt(ctx, control, controlAt);
  await expectStored(ctx, [control, ...requested]);
  if (ctx.canProve('timers.preview')) await expectNothingPlanned(ctx, armed);
});

claim.concurrent('T3.1b', NEEDS, 'two seconds late follows the policy, one second ahead fires', async (ctx) => {
  await ctx.pack('e2e');
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'early' });

  const late = await enabledRule(ctx, 'late', platformClock(ctx).now() - 2 * SECOND_MS);
  const { controlAt, fence } = await armControl(ctx, control);

  await expectPastPolicy(ctx, { late }, fence);
  await expectFiredAt(ctx, control, controlAt);
  if (ctx.canProve('timers.preview')) await expectNothingPlanned(ctx, { late });
});

claim.concurrent('T3.1c', [...NEEDS, 'timers.interval'], 'a year late and 1970 have the same result', async (ctx) => {
  await ctx.pack('e2e');
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'control' });

  const year = await enabledRule(ctx, 'year', platformClock(ctx).now() - 365 * DAY_MS);
  const epoch = await enabledRule(ctx, 'epoch', SECOND_MS);
  const { controlAt, fence } = await armControl(ctx, control);
  const fresh = await timerRule(ctx, 'interval', EVERY_PERIOD, { label: 'fresh', enabled: true });

  await expectPastPolicy(ctx, { year, epoch }, fence);
  await expectFiredAt(ctx, control, controlAt);
  await until(executionsToReach(2, ctx, fresh), ctx.deadline);
  expectPeriod(ctx, await occurrencesOf(ctx, fresh), fresh.updated, PERIOD_MS);
  if (ctx.canProve('timers.preview')) await expectNothingPlanned(ctx, { year, epoch });
});
