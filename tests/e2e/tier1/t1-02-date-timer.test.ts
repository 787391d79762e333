// Spec: a date timer fires once, never early, and only if its instant was in the future.
import { parseInstant } from '../../../helpers/instant';
import { claim } from '../../../helpers/scenario/claim';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { expectNotEarly } from '../../../helpers/scenario/expectations';
import { stays, until } from '../../../helpers/scenario/polling';
import { onlyExecutionOf } from '../../../helpers/scenario/resources/ended-executions';
import { platformClock, rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import {
  armTimer,
  FAR_FUTURE,
  fireCount,
  latenessOf,
  leadMs,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { expectNothingPlanned, expectPastPolicy, nullIfRejected } from '../../../helpers/scenario/resources/past-date';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';
import { expectWithin } from '../../../helpers/scenario/upper-bound';

const NEEDS = ['timers.date', 'ledger.shared'];

const HOUR_MS = 3_600_000;

/**
 * The rules have fired once each, at this instant: not before it, by their payloads planned for
 * it, and not later than a wrong instant at this distance, ms.
 */
const expectFiresAt = async (ctx: Context, rules: readonly TimerRule[], fireAt: number, margin: number) => {
  const occurrences = (await Promise.all(rules.map((rule) => occurrencesOf(ctx, rule)))).flat();
  const instants = rules.map(() => fireAt);
  expectNotEarly(occurrences, instants);
  expect(occurrences.map(({ plannedAt }) => plannedAt)).toEqual(instants);
  const lateness = occurrences.map(({ firedAt }, n) => latenessOf(n, firedAt, fireAt, margin));
  expectWithin(ctx.slackMs('mark'), ...lateness);
};

claim.concurrent('T1.2a', NEEDS, 'a date timer fires once at its instant and plans no further fire', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const rule = await timerRule(ctx, 'date', FAR_FUTURE);
  const neighbour = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'neighbour', enabled: true });
  const fireAt = Math.ceil((clock.now() + leadMs(ctx, 700) - 700) / 1_000) * 1_000 + 700;
  const fenceAt = fireAt + 1_500;

  await armTimer(ctx, rule, { fire_at: rfc3339(fireAt) }, fireAt);
  const replaced = await armTimer(ctx, neighbour, { fire_at: rfc3339(fenceAt) }, fenceAt);
  await onlyExecutionOf(ctx, { rule });
  await ctx.client.rules.disable(rule.ref);
  if (ctx.facts.choices.pastDate === 'never') await ctx.client.rules.enable(rule.ref);

  const fence = executionsToBe('completed', 1, ctx.client, { rule_ref: neighbour.ref });
  await stays(() => fireCount(ctx, rule), 1, fence, ctx.quietMs, ctx.deadline);
  await until(enforcementsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  await onlyExecutionOf(ctx, { rule });
  expect(runCounts(ctx, 'rule', 'neighbour')).toEqual({ rule: 1, neighbour: 1 });
  await expectFiresAt(ctx, [rule], fireAt, 2_000);
  if (!ctx.canProve('timers.preview')) return;
  const { next_fire_at: next } = await ctx.client.rules.get(rule.ref);
  expect([parseInstant(replaced.next_fire_at ?? ''), next]).toEqual([fenceAt, null]);
});

claim.concurrent('T1.2b', NEEDS, 'a date one hour in the past follows the declared policy', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'control' });

  const fire_at = rfc3339(clock.now() - HOUR_MS);
  const past = await nullIfRejected(timerRule(ctx, 'date', { fire_at }, { label: 'past', enabled: true }));
  const controlAt = Math.ceil(clock.now() + leadMs(ctx, 300));
  await armTimer(ctx, control, { fire_at: rfc3339(controlAt) }, controlAt);

  await expectPastPolicy(ctx, { past }, eventsToBe(1, ctx.client, { rule_ref: control.ref }));
  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: control.ref }), ctx.deadline);
  expect(runCounts(ctx, 'control')).toEqual({ control: 1 });
  expectNotEarly(await occurrencesOf(ctx, control), [controlAt]);
  if (ctx.canProve('timers.preview')) await expectNothingPlanned(ctx, { past });
});

claim.concurrent('T1.2c', NEEDS, 'a timer one hour ahead stays armed and does not fire', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const far = rfc3339(clock.now() + HOUR_MS);
  const rule = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'far', enabled: true });
  const near = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'near' });

  const armed = await ctx.client.rules.update(rule.ref, { trigger_params: { fire_at: far } });
  const nearAt = Math.ceil(clock.now() + leadMs(ctx, 500));
  await armTimer(ctx, near, { fire_at: rfc3339(nearAt) }, nearAt);
  const fence = executionsToBe('completed', 1, ctx.client, { rule_ref: near.ref });
  await stays(() => recordsOf(ctx, rule), NO_RECORDS, fence, ctx.quietMs, ctx.deadline);

  expect(armed.enabled).toBe(true);
  expectNotEarly(await occurrencesOf(ctx, near), [nearAt]);
  expect(runCounts(ctx, 'far', 'near')).toEqual({ far: 0, near: 1 });
  if (!ctx.canProve('timers.preview')) return;
  expect(parseInstant((await ctx.client.rules.get(rule.ref)).next_fire_at ?? '')).toBe(parseInstant(far));
});

const NO_RECORDS = { fires: 0, enforcements: 0, executions: 0 };
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
  OFFSETS.map(({ hours, text }) => `${rfc3339(instantMs + hours * HOUR_MS).replace('.200Z', '.2')}${text}`);

claim.concurrent('T1.2d', NEEDS, 'a date with an offset from UTC fires at the instant that it names', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const rules = await Promise.all(
    OFFSETS.map((_, n) => timerRule(ctx, 'date', FAR_FUTURE, { label: `offset-${n}`, matchesNothing: true })),
  );
  const fireAt = Math.ceil((clock.now() + leadMs(ctx, 1_000)) / 1_000) * 1_000 + 200;
  const local = localTimes(fireAt);

  await Promise.all(rules.map((rule, n) => armTimer(ctx, rule, { fire_at: local[n]! }, fireAt)));
  await Promise.all(rules.map((rule) => until(eventsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline)));

  await expectFiresAt(ctx, rules, fireAt, HOUR_MS / 2);
});
