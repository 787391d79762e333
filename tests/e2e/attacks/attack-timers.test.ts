// Spec: a timer fires at its instants only: across clock changes, far dates and invalid rules.
import type { Context } from '../../../helpers/scenario/context';
import { eventsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { parseInstant } from '../../../helpers/instant';
import { platformClock, rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import { stays } from '../../../helpers/scenario/polling';
import {
  armTimer,
  FAR_FUTURE,
  fireCount,
  firesToReach,
  leadMs,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { systemTest } from '../support/system-test';

const DAY_MS = 86_400_000;

/** Creates an enabled timer rule. Returns the state of its timer. */
async function createEnabledRule(
  ctx: Context,
  kind: Parameters<typeof timerRule>[1],
  params: Parameters<typeof timerRule>[2],
  label: string,
) {
  const { enabled, timer_state, timer_reason, next_fire_at } = await timerRule(ctx, kind, params, {
    label,
    enabled: true,
  });
  return { enabled, timer_state, timer_reason, next_fire_at };
}

/** The first of these instants that is after `now`, epoch ms. */
const firstAfter = (literals: readonly string[], now: number): number | undefined =>
  literals.map((text) => Date.parse(text)).find((instant) => instant > now);

/**
 * For each year, the day on which the clocks change, and when the timer fires: the first instant
 * after the gap in spring, the first of the two occurrences in autumn.
 */
const CLOCK_CHANGES = [
  {
    name: '02:30 in New York on the day without it',
    params: { expression: '0 30 2 8-14 3 0', timezone: 'America/New_York' },
    instants: ['2027-03-14', '2028-03-12', '2029-03-11', '2030-03-10', '2031-03-09'].map((day) => `${day}T07:00:00Z`),
  },
  {
    name: '02:30 in Berlin on the day without it',
    params: { expression: '0 30 2 25-31 3 0', timezone: 'Europe/Berlin' },
    instants: ['2027-03-28', '2028-03-26', '2029-03-25', '2030-03-31', '2031-03-30'].map((day) => `${day}T01:00:00Z`),
  },
  {
    name: '02:15 on Lord Howe on the day with a gap of half an hour',
    params: { expression: '0 15 2 1-7 10 0', timezone: 'Australia/Lord_Howe' },
    instants: ['2027-10-02', '2028-09-30', '2029-10-06', '2030-10-05', '2031-10-04'].map((day) => `${day}T15:30:00Z`),
  },
  {
    name: '01:30 in New York on the day with two of them',
    params: { expression: '0 30 1 1-7 11 0', timezone: 'America/New_York' },
    instants: ['2027-11-07', '2028-11-05', '2029-11-04', '2030-11-03', '2031-11-02'].map((day) => `${day}T05:30:00Z`),
  },
  {
    name: '02:30 in Berlin on the day with two of them',
    params: { expression: '0 30 2 25-31 10 0', timezone: 'Europe/Berlin' },
    instants: ['2027-10-31', '2028-10-29', '2029-10-28', '2030-10-27', '2031-10-26'].map((day) => `${day}T00:30:00Z`),
  },
] as const;

systemTest('CR-01 CR-02 a skipped time fires after the gap, a repeated one once', async (ctx) => {
  await ctx.pack('e2e');
  const now = platformClock(ctx).now();

  for (const [n, { name, params, instants }] of CLOCK_CHANGES.entries()) {
    const { timer_state, next_fire_at } = await createEnabledRule(ctx, 'cron', params, `zone-${n}`);
    const expected = [name, 'armed', firstAfter(instants, now)];
    expect([name, timer_state, Date.parse(next_fire_at ?? '')]).toEqual(expected);
  }
  const dtstart = { dtstart: '2040-03-11T02:30:00', freq: 'yearly', timezone: 'America/New_York' };
  expect(await createEnabledRule(ctx, 'recurrence', dtstart, 'rrule')).toMatchObject({
    next_fire_at: '2040-03-11T07:00:00Z',
  });
});

const INVALID_CRON = [
  '* * * * *',
  '0 0 0 1 1 * 2030',
  '@reboot',
  'every day',
  '60 * * * * *',
  '0 0 24 * * *',
  '0 0 0 31 2 *',
  '0 0 22-2 * * *',
  '0 */90 * * * *',
  '0 0 0 * * mon#2',
  '',
];

systemTest('CR-03 an invalid cron expression is rejected with its reason', async (ctx) => {
  await ctx.pack('e2e');
  const invalid: Record<string, string>[] = INVALID_CRON.map((expression) => ({ expression }));
  invalid.push({ expression: '* * * * * *', timezone: 'Mars/Olympus' });
  for (const params of invalid) {
    const rejection = timerRule(ctx, 'cron', params, { label: 'rejected', enabled: true });
    const message = expect.stringContaining('trigger_params CRON_INVALID: ') as string;
    await expect(rejection).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR', message });
  }
});

systemTest('CR-03 an invalid interval is rejected', async (ctx) => {
  await ctx.pack('e2e');

  for (const interval of [0, -1, 2 ** 53, 0.01, '5']) {
    const rejection = timerRule(ctx, 'interval', { unit: 'seconds', interval }, { label: 'rejected' });
    await expect(rejection).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
  }
});

systemTest('CR-03 a cron timer for 29 February plans the next leap year', async (ctx) => {
  await ctx.pack('e2e');
  const now = platformClock(ctx).now();

  const { next_fire_at } = await createEnabledRule(ctx, 'cron', { expression: '0 0 0 29 2 *' }, 'leap');

  const leapDays = ['2028-02-29', '2032-02-29', '2036-02-29', '2040-02-29'];
  expect(Date.parse(next_fire_at ?? '')).toBe(firstAfter(leapDays, now));
});

systemTest('CR-04 an instant in the past never fires, also when enabled again', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const control = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'control' });
  const pastRules = await Promise.all(
    [0, 1_000, 3_600_000, 3_652 * DAY_MS].map(async (ageMs, n) => {
      const rule = await timerRule(ctx, 'date', { fire_at: rfc3339(clock.now() - ageMs) }, { label: `past-${n}` });
      await ctx.client.rules.enable(rule.ref);
      await ctx.client.rules.disable(rule.ref);
      return ctx.client.rules.enable(rule.ref);
    }),
  );

  const controlAt = Math.ceil(clock.now() + leadMs(ctx, 300));
  await armTimer(ctx, control, { fire_at: rfc3339(controlAt) }, controlAt);
  const fence = eventsToBe(1, ctx.client, { rule_ref: control.ref });
  const counts = () => Promise.all(pastRules.map((rule) => fireCount(ctx, rule)));
  await stays(counts, [0, 0, 0, 0], fence, ctx.quietMs, ctx.deadline);

  const states = pastRules.map(({ enabled, timer_state, next_fire_at }) => ({ enabled, timer_state, next_fire_at }));
  expect(states).toEqual(pastRules.map(() => ({ enabled: true, timer_state: 'expired', next_fire_at: null })));
});

systemTest(
  'CR-05 a far instant does not fire early; one after 9999 is invalid',
  async (ctx) => {
    await ctx.pack('e2e');
    const clock = platformClock(ctx);
    const instants = [rfc3339(clock.now() + 25 * DAY_MS), '2038-01-19T03:14:08Z', '9999-12-31T23:59:59Z'];
    const farRules: TimerRule[] = [];
    for (const [n, fire_at] of instants.entries()) {
      farRules.push(await timerRule(ctx, 'date', { fire_at }, { label: `far-${n}`, enabled: true }));
    }
    const unrepresentable = await timerRule(
      ctx,
      'date',
      { fire_at: '10000-01-01T00:00:00Z' },
      { label: 'unrepresentable', enabled: true },
    );
    const slow = { unit: 'hours', interval: 2_147_483_647 };
    const slowest = await timerRule(ctx, 'interval', slow, { label: 'slow', enabled: true });

    const control = await timerRule(ctx, 'interval', { unit: 'minutes', interval: 1 }, { label: 'minute' });
    await ctx.client.rules.enable(control.ref);
    const fence = firesToReach(1, ctx.client, control.ref);
    const rules = [...farRules, unrepresentable, slowest];
    const deadline = performance.now() + 75_000;
    await stays(
      () => Promise.all(rules.map((rule) => fireCount(ctx, rule))),
      [0, 0, 0, 0, 0],
      fence,
      ctx.quietMs,
      deadline,
    );

    expect(farRules.map(({ next_fire_at }) => parseInstant(next_fire_at ?? ''))).toEqual(instants.map(parseInstant));
    for (const rule of [unrepresentable, slowest]) {
      expect(rule).toMatchObject({ enabled: true, timer_state: 'invalid', next_fire_at: null });
      expect(rule.timer_reason).toMatch(/^OUT_OF_RANGE: /);
    }
    const disabled = await Promise.all(rules.map(({ ref }) => ctx.client.rules.disable(ref)));
    expect(disabled.map(({ timer_state, next_fire_at }) => [timer_state, next_fire_at])).toEqual(
      rules.map(() => ['off', null]),
    );
  },
  120,
);
