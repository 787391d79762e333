// Spec: timers fire at the instants they name, once each, whatever the zone's clock, the distance, the crowd or a change of mind.
import type { Context } from '../../../helpers/context';
import { executionsToBe } from '../../../helpers/event-conditions';
import { EnvironmentError } from '../../../helpers/errors';
import { instant } from '../../../helpers/instant';
import { mint, tokenSecretOf } from '../../../helpers/mint';
import { createClient } from '../../../helpers/client/client';
import { platformClock, rfc3339 } from '../../../helpers/platform-clock';
import { stays, until, type Condition } from '../../../helpers/polling';
import { crowd } from '../../../helpers/timer-crowd';
import {
  arm,
  EACH_SECOND,
  FAR,
  fires,
  firesToReach,
  leadMs,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/timer-rule';
import { trial } from '../../../helpers/trial';

const DAY_MS = 86_400_000;

/** A rule that is stored, and what it shows of its timer. */
async function shown(
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

/** The first that lies ahead. */
const coming = (literals: readonly string[], now: number): number | undefined =>
  literals.map((text) => Date.parse(text)).find((at) => at > now);

/** Each year's day on which the clocks are set, at the first instant that shows the new time or, in autumn, at the first pass. */
const GOLDEN = [
  {
    what: '02:30 in New York on the day that leaves it out',
    params: { expression: '0 30 2 8-14 3 0', timezone: 'America/New_York' },
    at: ['2027-03-14', '2028-03-12', '2029-03-11', '2030-03-10', '2031-03-09'].map((day) => `${day}T07:00:00Z`),
  },
  {
    what: '02:30 in Berlin on the day that leaves it out',
    params: { expression: '0 30 2 25-31 3 0', timezone: 'Europe/Berlin' },
    at: ['2027-03-28', '2028-03-26', '2029-03-25', '2030-03-31', '2031-03-30'].map((day) => `${day}T01:00:00Z`),
  },
  {
    what: '02:15 on Lord Howe on the day that leaves half an hour out',
    params: { expression: '0 15 2 1-7 10 0', timezone: 'Australia/Lord_Howe' },
    at: ['2027-10-02', '2028-09-30', '2029-10-06', '2030-10-05', '2031-10-04'].map((day) => `${day}T15:30:00Z`),
  },
  {
    what: '01:30 in New York on the day that shows it twice',
    params: { expression: '0 30 1 1-7 11 0', timezone: 'America/New_York' },
    at: ['2027-11-07', '2028-11-05', '2029-11-04', '2030-11-03', '2031-11-02'].map((day) => `${day}T05:30:00Z`),
  },
  {
    what: '02:30 in Berlin on the day that shows it twice',
    params: { expression: '0 30 2 25-31 10 0', timezone: 'Europe/Berlin' },
    at: ['2027-10-31', '2028-10-29', '2029-10-28', '2030-10-27', '2031-10-26'].map((day) => `${day}T00:30:00Z`),
  },
] as const;

trial(
  'CR-01 CR-02 a time that a clock leaves out is the first instant after; one it shows twice, the first',
  async (ctx) => {
    await ctx.pack('e2e');
    const now = (await platformClock(ctx)).now();

    for (const [n, { what, params, at }] of GOLDEN.entries()) {
      const { timer_state, next_fire_at } = await shown(ctx, 'cron', params, `zone-${n}`);
      expect({ what, timer_state, at: Date.parse(next_fire_at ?? '') }).toEqual({
        what,
        timer_state: 'armed',
        at: coming(at, now),
      });
    }
    const dtstart = { dtstart: '2040-03-11T02:30:00', freq: 'yearly', timezone: 'America/New_York' };
    expect(await shown(ctx, 'recurrence', dtstart, 'rrule')).toMatchObject({ next_fire_at: '2040-03-11T07:00:00Z' });
  },
);

const BAD_CRON = [
  '* * * * *',
  '0 0 0 1 1 * 2030',
  '@reboot',
  'every day',
  '60 * * * * *',
  '0 0 24 * * *',
  '0 0 0 31 2 *',
  '0 0 0 * * mon#2',
  '',
];

trial('CR-03 a bad cron is kept, never fires and says why; a bad interval is refused; others go on', async (ctx) => {
  await ctx.pack('e2e');
  const clock = await platformClock(ctx);
  const bad: TimerRule[] = [];
  for (const [n, expression] of BAD_CRON.entries()) {
    bad.push(await timerRule(ctx, 'cron', { expression }, { label: `bad-${n}`, enabled: true }));
  }
  const params = { expression: '* * * * * *', timezone: 'Mars/Olympus' };
  bad.push(await timerRule(ctx, 'cron', params, { label: 'mars', enabled: true }));

  for (const interval of [0, -1, 2 ** 53, 0.01, '5']) {
    const refused = timerRule(ctx, 'interval', { unit: 'seconds', interval }, { label: 'refused' });
    await expect(refused).rejects.toMatchObject({ status: 422, code: 'VALIDATION_ERROR' });
  }
  const control = await timerRule(ctx, 'cron', { expression: '* * * * * *' }, { label: 'control' });
  await ctx.client.rules.enable(control.ref);
  const fence = firesToReach(2, ctx.client, control.ref);
  const all = async () => Promise.all(bad.map((rule) => fires(ctx, rule)));
  await stays(
    all,
    bad.map(() => 0),
    fence,
    ctx.quietMs,
    ctx.deadline,
  );

  const states = bad.map(({ timer_state, next_fire_at }) => [timer_state, next_fire_at]);
  expect(states).toEqual(bad.map(() => ['invalid', null]));
  for (const { timer_reason } of bad) expect(timer_reason).toMatch(/^CRON_INVALID: ./);
  const leap = coming(['2028-02-29', '2032-02-29', '2036-02-29', '2040-02-29'], clock.now());
  const { next_fire_at } = await shown(ctx, 'cron', { expression: '0 0 0 29 2 *' }, 'leap');
  expect(Date.parse(next_fire_at ?? '')).toBe(leap);
});

trial('CR-04 an instant that has passed never fires, switched on again neither', async (ctx) => {
  await ctx.pack('e2e');
  const clock = await platformClock(ctx);
  const control = await timerRule(ctx, 'date', FAR, { label: 'control' });
  const past: TimerRule[] = [];
  for (const [n, ago] of [0, 1_000, 3_600_000, 3_652 * DAY_MS].entries()) {
    const rule = await timerRule(ctx, 'date', { fire_at: rfc3339(clock.now() - ago) }, { label: `past-${n}` });
    await ctx.client.rules.enable(rule.ref);
    await ctx.client.rules.disable(rule.ref);
    past.push(await ctx.client.rules.enable(rule.ref));
  }

  await arm(ctx, control, { fire_at: rfc3339(clock.now() + leadMs(ctx, 300)) });
  const fence = executionsToBe('completed', 1, ctx.client, { rule_ref: control.ref });
  const all = async () => Promise.all(past.map((rule) => fires(ctx, rule)));
  await stays(all, [0, 0, 0, 0], fence, ctx.quietMs, ctx.deadline);

  const states = past.map(({ enabled, timer_state, next_fire_at }) => ({ enabled, timer_state, next_fire_at }));
  expect(states).toEqual(past.map(() => ({ enabled: true, timer_state: 'expired', next_fire_at: null })));
});

trial(
  'CR-05 nothing that is far away fires early, and what lies beyond the year 9999 says so',
  async (ctx) => {
    await ctx.pack('e2e');
    const clock = await platformClock(ctx);
    const at = [rfc3339(clock.now() + 25 * DAY_MS), '2038-01-19T03:14:08Z', '9999-12-31T23:59:59Z'];
    const far: TimerRule[] = [];
    for (const [n, fire_at] of at.entries()) {
      far.push(await timerRule(ctx, 'date', { fire_at }, { label: `far-${n}`, enabled: true }));
    }
    const beyond = await timerRule(
      ctx,
      'date',
      { fire_at: '10000-01-01T00:00:00Z' },
      { label: 'beyond', enabled: true },
    );
    const slow = { unit: 'hours', interval: 2_147_483_647 };
    const slowest = await timerRule(ctx, 'interval', slow, { label: 'slow', enabled: true });

    const control = await timerRule(ctx, 'interval', { unit: 'minutes', interval: 1 }, { label: 'minute' });
    await ctx.client.rules.enable(control.ref);
    const fence = firesToReach(1, ctx.client, control.ref);
    const rules = [...far, beyond, slowest];
    const deadline = performance.now() + 75_000;
    await stays(
      () => Promise.all(rules.map((rule) => fires(ctx, rule))),
      [0, 0, 0, 0, 0],
      fence,
      ctx.quietMs,
      deadline,
    );

    expect(far.map(({ next_fire_at }) => instant(next_fire_at ?? ''))).toEqual(at.map(instant));
    for (const rule of [beyond, slowest]) {
      expect(rule).toMatchObject({ enabled: true, timer_state: 'invalid', next_fire_at: null });
      expect(rule.timer_reason).toMatch(/^OUT_OF_RANGE: /);
    }
    const off = await Promise.all(rules.map(({ ref }) => ctx.client.rules.disable(ref)));
    expect(off.map(({ timer_state, next_fire_at }) => [timer_state, next_fire_at])).toEqual(
      rules.map(() => ['off', null]),
    );
  },
  120,
);

const CROWD = 1_000;

trial(
  'CR-06 a thousand timers of one instant make a thousand events, 99 of 100 within a second',
  async (ctx) => {
    const clock = await clockOf(ctx);
    const at = Math.ceil(clock.now() / 1_000) * 1_000 + 25_000;

    const pack = await crowd(ctx, CROWD, rfc3339(at));
    if (clock.now() > at - 1_000) throw new EnvironmentError('the crowd was not there in time');
    await until(crowdToFire(ctx, pack), performance.now() + 60_000);

    const mine = await firedBy(ctx, pack);
    expect(new Set(mine.map(({ rule_ref }) => rule_ref)).size).toBe(CROWD);
    expect(mine).toHaveLength(CROWD);
    const lateness = mine.map(({ created }) => instant(created) - at).sort((a, b) => a - b);
    expect(lateness[0]).toBeGreaterThanOrEqual(0);
    expect(lateness[Math.floor(CROWD * 0.99) - 1]).toBeLessThan(1_000);
    const enforced = (await ctx.client.enforcements.list({ trigger_ref: 'core.datetimetimer' })).filter(isOf(pack));
    expect(enforced).toHaveLength(CROWD);
  },
  150,
);

const isOf =
  (pack: string) =>
  ({ rule_ref }: { rule_ref: string | null }): boolean =>
    rule_ref?.startsWith(`${pack}.`) === true;

const firedBy = async ({ client }: Context, pack: string) =>
  (await client.events.list({ trigger_ref: 'core.datetimetimer' })).filter(isOf(pack));

/** Every rule of the pack has been asked about its one event, and what that started has ended. */
const crowdToFire = (ctx: Context, pack: string): Condition<number> => ({
  name: `${CROWD} executions of ${pack} to be completed`,
  look: async () => {
    const seen = await ctx.client.executions.list({ trigger_ref: 'core.datetimetimer' });
    const done = seen.filter((row) => isOf(pack)({ rule_ref: row.rule_ref ?? null }) && row.status === 'completed');
    if (done.length === CROWD) return { is: 'met', value: done.length };
    const why = `${done.length} completed`;
    return done.length > CROWD ? { is: 'impossible', why } : { is: 'pending', why };
  },
  evidence: () => Promise.resolve(''),
});

async function clockOf(ctx: Context) {
  await ctx.pack('e2e');
  return platformClock(ctx);
}

const FAST = { unit: 'seconds', interval: 0.05 };
const RULES = 10;
const ROUNDS = 50;

trial(
  'CR-07 after a rule was switched off or changed, 500 times, nothing of its timer happens any more',
  async (ctx) => {
    await ctx.pack('e2e');
    const rules: TimerRule[] = [];
    for (let n = 0; n < RULES; n++) {
      rules.push(await timerRule(ctx, 'interval', FAST, { label: `toggled-${n}`, inert: true }));
    }

    const late: string[] = [];
    const toggle = async (rule: TimerRule): Promise<number[]> => {
      const acknowledged: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const before = await fires(ctx, rule);
        await arm(ctx, rule, FAST);
        await until(firesToReach(before + 1, ctx.client, rule.ref), ctx.deadline);
        if (round % 2 === 0) await ctx.client.rules.disable(rule.ref);
        else await ctx.client.rules.update(rule.ref, { trigger_params: { unit: 'hours', interval: 1 } });
        const told = await fires(ctx, rule);
        acknowledged.push(told);
        const later = await fires(ctx, rule);
        if (later !== told) late.push(`${rule.ref}: ${told} became ${later}`);
      }
      return acknowledged;
    };
    const acknowledged = await Promise.all(rules.map(toggle));
    const control = await timerRule(ctx, 'interval', EACH_SECOND, { label: 'control', enabled: true });
    const counts = async () => Promise.all(rules.map((rule) => fires(ctx, rule)));
    const ends = acknowledged.map((told) => told.at(-1));
    await stays(counts, ends as number[], firesToReach(1, ctx.client, control.ref), ctx.quietMs, ctx.deadline);

    expect(late).toEqual([]);
    for (const rule of rules.slice(0, 2)) {
      const said = (await occurrencesOf(ctx, rule)).map(({ payload }) => Number(payload.execution_count));
      expect(said).toEqual(said.map((n, at) => (n === 1 ? 1 : said[at - 1]! + 1))); // each life counts from one, no gap
      expect(said.filter((n) => n === 1)).toHaveLength(ROUNDS);
    }
  },
  150,
);

trial('CR-07 an event that names a rule that is gone fires nothing', async (ctx) => {
  await ctx.pack('e2e');
  const gone = await timerRule(ctx, 'interval', { unit: 'hours', interval: 1 }, { label: 'gone', enabled: true });
  const other = await timerRule(ctx, 'interval', { unit: 'hours', interval: 1 }, { label: 'other', enabled: true });
  await ctx.client.rules.remove(gone.ref);
  const { id } = await ctx.client.auth.me();
  const metadata = { trigger_types: [other.trigger_ref] };
  const token = await mint(await tokenSecretOf(ctx.facts), {
    ...{ identity: id, login: 'sensor:core.timer_sensor', type: 'sensor', metadata },
  });
  const sensor = createClient({ baseUrl: ctx.facts.url, token });
  const post = (rule: number) =>
    sensor.events.create({ trigger_ref: other.trigger_ref, payload: {}, trigger_instance_id: `rule_${rule}` });

  const orphan = await post(gone.id);
  const fence = await post(other.id);

  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: other.ref }), ctx.deadline);
  expect(await ctx.client.enforcements.list({ event: orphan.id })).toEqual([]);
  expect(await ctx.client.enforcements.list({ event: fence.id })).toMatchObject([{ rule: other.id }]);
});
