// Spec: a date timer fires once, never early, and only if its instant was in the future.
import { formatInstant, parseInstant, secondsBetween } from '../../../helpers/instant';
import { claim, type TimeContext } from '../../../helpers/scenario/claim';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { onlyExecutionOf } from '../../../helpers/scenario/resources/ended-executions';
import { expectNothingPlanned, expectPastPolicy, nullIfRejected } from '../../../helpers/scenario/resources/past-date';
import { rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import { expectFires } from '../../../helpers/scenario/resources/timer-fires';
import {
  armTimer,
  FAR_FUTURE,
  fireCount,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['timers.date', 'ledger.shared'];

/** A timer is armed in less, seconds. */
const LEAD = 5;

const HOUR = 3_600;

/** So many seconds after the time now, RFC 3339. */
const later = async ({ time }: TimeContext, seconds: number): Promise<string> =>
  formatInstant(parseInstant(await time.now()) + seconds * 1_000);

/** At this fraction of a second, and far enough in the future to arm a timer for it, epoch ms. */
const instantAhead = async (ctx: TimeContext, fractionMs: number): Promise<number> =>
  Math.ceil(parseInstant(await later(ctx, LEAD)) / 1_000) * 1_000 + fractionMs;

/** The rule, which was armed at `updated`, fired once, at this instant, and planned it. */
const expectFireAt = async (ctx: TimeContext, rule: TimerRule, updated: string, fireAt: string) => {
  const occurrences = await occurrencesOf(ctx, rule);
  expectFires(ctx, occurrences, updated, [secondsBetween(updated, fireAt)]);
  expect(occurrences.map(({ plannedAt }) => plannedAt)).toEqual([parseInstant(fireAt)]);
};

claim.time('T1.2a', NEEDS, 'a date timer fires once at its instant and plans no further fire', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'date', FAR_FUTURE, { enabled: true });
  const fireAt = rfc3339(await instantAhead(ctx, 700));

  const { updated, next_fire_at: replaced } = await armTimer(ctx, rule, { fire_at: fireAt });
  const seconds = secondsBetween(await ctx.time.now(), fireAt);
  await ctx.time.expectNothingFor(seconds - 0.001, () => fireCount(ctx, rule));
  await ctx.time.pass(0.001);
  await onlyExecutionOf(ctx, { rule });
  await ctx.client.rules.disable(rule.ref);
  if (ctx.facts.choices.pastDate === 'never') await ctx.client.rules.enable(rule.ref);
  await ctx.time.expectNothingFor(2, () => recordsOf(ctx, rule));

  await until(enforcementsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  await onlyExecutionOf(ctx, { rule });
  expect(runCounts(ctx, 'rule')).toEqual({ rule: 1 });
  await expectFireAt(ctx, rule, updated, fireAt);
  if (!ctx.canProve('timers.preview')) return;
  const { next_fire_at: next } = await ctx.client.rules.get(rule.ref);
  expect([parseInstant(replaced ?? ''), next]).toEqual([parseInstant(fireAt), null]);
});

claim.time('T1.2b', NEEDS, 'a date one hour in the past follows the declared policy', async (ctx) => {
  await ctx.pack('e2e');
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'control' });

  const hourAgo = { fire_at: await later(ctx, -HOUR) };
  const past = await nullIfRejected(timerRule(ctx, 'date', hourAgo, { label: 'past', enabled: true }));
  const controlAt = await later(ctx, LEAD);
  const { updated } = await armTimer(ctx, control, { fire_at: controlAt });
  await ctx.time.passTo(controlAt);

  await expectPastPolicy(ctx, { past }, eventsToBe(1, ctx.client, { rule_ref: control.ref }));
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: control.ref }), ctx.deadline);
  expect(runCounts(ctx, 'control')).toEqual({ control: 1 });
  await expectFireAt(ctx, control, updated, controlAt);
  if (ctx.canProve('timers.preview')) await expectNothingPlanned(ctx, { past });
});

claim.time('T1.2c', NEEDS, 'a timer one hour ahead stays armed and does not fire', async (ctx) => {
  await ctx.pack('e2e');
  const far = await later(ctx, HOUR);
  const rule = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'far', enabled: true });
  const near = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'near' });

  const armed = await ctx.client.rules.update(rule.ref, { trigger_params: { fire_at: far } });
  const nearAt = await later(ctx, LEAD);
  const { updated } = await armTimer(ctx, near, { fire_at: nearAt });
  await ctx.time.passTo(nearAt);
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: near.ref }), ctx.deadline);

  expect(armed.enabled).toBe(true);
  expect(await recordsOf(ctx, rule)).toEqual({ fires: 0, enforcements: 0, executions: 0 });
  expect(runCounts(ctx, 'far', 'near')).toEqual({ far: 0, near: 1 });
  await expectFireAt(ctx, near, updated, nearAt);
  if (!ctx.canProve('timers.preview')) return;
  expect(parseInstant((await ctx.client.rules.get(rule.ref)).next_fire_at ?? '')).toBe(parseInstant(far));
});

const recordsOf = async (ctx: Context, rule: TimerRule) => ({
  fires: await fireCount(ctx, rule),
  enforcements: (await ctx.client.enforcements.list({ rule_ref: rule.ref })).length,
  executions: (await ctx.client.executions.list({ rule_ref: rule.ref })).length,
});

/** Hours ahead of UTC, and the offset as text. */
const OFFSETS = [
  { hours: 5.5, text: '+05:30' },
  { hours: -3.5, text: '-03:30' },
  { hours: 14, text: '+14:00' },
] as const;

/** An instant that ends with .200, in local time at each offset, with one digit of the second. */
const localTimes = (instantMs: number): string[] =>
  OFFSETS.map(({ hours, text }) => `${rfc3339(instantMs + hours * HOUR * 1_000).replace('.200Z', '.2')}${text}`);

claim.time('T1.2d', NEEDS, 'a date with an offset from UTC fires at the instant that it names', async (ctx) => {
  await ctx.pack('e2e');
  const rules = await Promise.all(
    OFFSETS.map((_, n) => timerRule(ctx, 'date', FAR_FUTURE, { label: `offset-${n}`, matchesNothing: true })),
  );
  const fireAt = await instantAhead(ctx, 200);
  const local = localTimes(fireAt);

  const armed = await Promise.all(rules.map((rule, n) => armTimer(ctx, rule, { fire_at: local[n]! })));
  await ctx.time.passTo(rfc3339(fireAt));
  await Promise.all(rules.map((rule) => until(eventsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline)));

  for (const rule of armed) await expectFireAt(ctx, rule, rule.updated, rfc3339(fireAt));
});

claim.realTime('T1.2e', NEEDS, 'a date timer fires by the real clock', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'date', FAR_FUTURE, { matchesNothing: true });

  const fireAt = await later(ctx, 2);
  const { updated } = await armTimer(ctx, rule, { fire_at: fireAt });
  await until(eventsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);

  await expectFireAt(ctx, rule, updated, fireAt);
});
