// Spec: a timer fires at its instants only: across clock changes, far dates and invalid rules.
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { formatInstant, parseInstant } from '../../../helpers/instant';
import type { TimeContext } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import {
  EVERY_SECOND,
  fireCount,
  firesToReach,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { systemTest, systemTestNeeding } from '../support/system-test';

const DAY_MS = 86_400_000;

/** For tests that would take years. Each begins where the clock of the one before stands. */
const timeTest = systemTestNeeding('clock.virtual').time;

/** Those of these instants that the clock has not reached yet, epoch ms. */
const instantsAhead = async ({ time }: TimeContext, literals: readonly string[]): Promise<number[]> => {
  const now = parseInstant(await time.now());
  return literals.map((text) => Date.parse(text)).filter((instant) => instant > now);
};

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

systemTest.time('CR-03 a cron timer for 29 February plans the next leap year', async (ctx) => {
  await ctx.pack('e2e');
  const [leapDay] = await instantsAhead(ctx, ['2028-02-29', '2032-02-29', '2036-02-29', '2040-02-29']);

  const rule = await timerRule(ctx, 'cron', { expression: '0 0 0 29 2 *' }, { label: 'leap', enabled: true });

  expect(parseInstant(rule.next_fire_at ?? '')).toBe(leapDay);
});

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

timeTest('CR-01 CR-02 a skipped time fires after the gap, a repeated one once', async (ctx) => {
  await ctx.pack('e2e');
  const zones = await Promise.all(
    CLOCK_CHANGES.map(async ({ name, params, instants }, n) => {
      const rule = await timerRule(ctx, 'cron', params, { label: `zone-${n}`, enabled: true, matchesNothing: true });
      return { name, rule, due: await instantsAhead(ctx, instants) };
    }),
  );
  const dtstart = { dtstart: '2040-03-11T02:30:00', freq: 'yearly', timezone: 'America/New_York' };
  const { next_fire_at } = await timerRule(ctx, 'recurrence', dtstart, { label: 'rrule', enabled: true });

  await ctx.time.passTo(formatInstant(Math.max(...zones.flatMap(({ due }) => due))));

  expect(next_fire_at).toBe('2040-03-11T07:00:00Z');
  for (const { name, rule, due } of zones) {
    const fires = (await occurrencesOf(ctx, rule)).map(({ firedAt }) => firedAt);
    expect([name, parseInstant(rule.next_fire_at ?? ''), fires]).toEqual([name, due[0], due]);
  }
});

systemTest.time('CR-04 an instant in the past never fires, also when enabled again', async (ctx) => {
  await ctx.pack('e2e');
  const { rules } = ctx.client;
  const now = parseInstant(await ctx.time.now());
  const control = await timerRule(ctx, 'interval', EVERY_SECOND, { label: 'control', enabled: true });
  const pastRules = await Promise.all(
    [0, 1_000, 3_600_000, 3_652 * DAY_MS].map(async (ageMs, n) => {
      const { ref } = await timerRule(ctx, 'date', { fire_at: formatInstant(now - ageMs) }, { label: `past-${n}` });
      await rules.enable(ref);
      await rules.disable(ref);
      return rules.enable(ref);
    }),
  );

  const counts = () => Promise.all(pastRules.map((rule) => fireCount(ctx, rule)));
  await ctx.time.expectNothingFor(1, counts);
  await until(firesToReach(1, ctx.client, control.ref), ctx.deadline);

  expect(await counts()).toEqual([0, 0, 0, 0]);
  const states = pastRules.map(({ enabled, timer_state, next_fire_at }) => ({ enabled, timer_state, next_fire_at }));
  expect(states).toEqual(pastRules.map(() => ({ enabled: true, timer_state: 'expired', next_fire_at: null })));
});

/** No timer has fired before an instant, epoch ms; at it each has fired so often. */
async function expectFires(ctx: TimeContext, rules: readonly TimerRule[], instant: number, fires: readonly number[]) {
  const counts = () => Promise.all(rules.map((rule) => fireCount(ctx, rule)));
  expect(await counts()).toEqual(rules.map(() => 0));
  const seconds = (instant - parseInstant(await ctx.time.now())) / 1_000;
  await ctx.time.expectNothingFor(seconds - 0.001, counts);
  await ctx.time.pass(0.001);
  expect(await counts()).toEqual(fires);
}

timeTest('CR-05 a far instant does not fire early; one after 9999 is invalid', async (ctx) => {
  await ctx.pack('e2e');
  const enabledRule = (kind: 'date' | 'interval', params: Parameters, label: string) =>
    timerRule(ctx, kind, params, { label, enabled: true });
  const near = formatInstant(parseInstant(await ctx.time.now()) + 25 * DAY_MS);
  const instants = [near, '2038-01-19T03:14:08Z', '9999-12-31T23:59:59Z'];
  const farRules = await Promise.all(instants.map((fire_at, n) => enabledRule('date', { fire_at }, `far-${n}`)));
  const unrepresentable = await enabledRule('date', { fire_at: '10000-01-01T00:00:00Z' }, 'unrepresentable');
  const slowest = await enabledRule('interval', { unit: 'hours', interval: 2_147_483_647 }, 'slow');
  const rules = [...farRules, unrepresentable, slowest];

  await expectFires(ctx, rules, parseInstant(near), [1, 0, 0, 0, 0]);

  expect(farRules.map(({ next_fire_at }) => parseInstant(next_fire_at ?? ''))).toEqual(instants.map(parseInstant));
  for (const rule of [unrepresentable, slowest]) {
    expect(rule).toMatchObject({ enabled: true, timer_state: 'invalid', next_fire_at: null });
    expect(rule.timer_reason).toMatch(/^OUT_OF_RANGE: /);
  }
  const disabled = await Promise.all(rules.map(({ ref }) => ctx.client.rules.disable(ref)));
  const states = disabled.map(({ timer_state, next_fire_at }) => [timer_state, next_fire_at]);
  expect(states).toEqual(rules.map(() => ['off', null]));
});
