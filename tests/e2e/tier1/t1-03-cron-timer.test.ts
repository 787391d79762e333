// Spec: a cron timer fires at exactly the instants that all six of its fields match.
import { CRON_EXPRESSIONS } from '../support/cron-expressions';
import { commaSeparated, fieldsAround, secondsField, skippedHour } from '../support/cron-fields';
import { parseInstant, secondsBetween } from '../../../helpers/instant';
import { firstInstant } from '../support/model/cron-instants';
import { claim, type TimeContext } from '../../../helpers/scenario/claim';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { until } from '../../../helpers/scenario/polling';
import { rfc3339 } from '../../../helpers/scenario/resources/platform-clock';
import { expectFires } from '../../../helpers/scenario/resources/timer-fires';
import {
  armTimer,
  eventChain,
  executionsToReach,
  fireCount,
  firesToReach,
  numbersUpTo,
  occurrencesOf,
  timerRule,
  type Occurrence,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { isTimeVirtual } from '../../../helpers/target/run-switches';

const NEEDS = ['timers.cron', 'ledger.shared'];

const SECOND_MS = 1_000;

const MINUTE_MS = 60_000;

/** A timer is armed in less, ms. */
const LEAD_MS = 5_000;

/** The initial schedule of a rule that is armed later. */
const YEARLY = { expression: '0 0 0 1 1 *' };

/** Epoch ms. */
const nowOf = async ({ time }: TimeContext): Promise<number> => parseInstant(await time.now());

/** Two whole seconds, 2 s apart, far enough in the future to arm a timer for them, epoch ms. */
async function twoInstants(ctx: TimeContext): Promise<[number, number]> {
  const first = Math.ceil(((await nowOf(ctx)) + LEAD_MS) / SECOND_MS) * SECOND_MS;
  return [first, first + 2 * SECOND_MS];
}

/** The fires of a rule that was armed at `updated` came at these instants, and planned them. */
function expectOnTime(
  ctx: TimeContext,
  occurrences: readonly Occurrence[],
  { updated }: Pick<TimerRule, 'updated'>,
  instants: readonly number[],
): void {
  const planned = instants.map(rfc3339);
  expectFires(
    ctx,
    occurrences,
    updated,
    planned.map((at) => secondsBetween(updated, at)),
  );
  if (!ctx.canProve('timers.planned_at')) return;
  expect(occurrences.map(({ plannedAt }) => rfc3339(plannedAt))).toEqual(planned);
}

/** A rule, as it was armed, fired at these instants only, and ran its action each time. */
async function expectFiresAt(ctx: TimeContext, rule: TimerRule, instants: readonly number[]): Promise<void> {
  await until(executionsToBe('completed', instants.length, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  expect(runsOf(ctx, rule.label)).toBe(instants.length);
  expectOnTime(ctx, await occurrencesOf(ctx, rule), rule, instants);
}

claim.time('T1.3a', NEEDS, 'a list of two seconds fires at those two seconds only', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', YEARLY);

  const instants = await twoInstants(ctx);
  const armed = await armTimer(ctx, rule, { expression: `${secondsField(instants)} * * * * *` });
  await ctx.time.passTo(rfc3339(instants[1] + 1_500));

  await expectFiresAt(ctx, armed, instants);
});

claim.time('T1.3b', NEEDS, 'a step fires at every multiple and at no other second', async (ctx) => {
  await ctx.pack('e2e');
  const stepMs = 4 * SECOND_MS;
  const rule = await timerRule(ctx, 'cron', { expression: '*/4 * * * * *' });

  const enabled = await ctx.client.rules.enable(rule.ref);
  const before = Math.floor(parseInstant(enabled.updated) / stepMs); // steps count from second 0 of the minute
  await ctx.time.passTo(rfc3339((before + 3) * stepMs));
  await until(executionsToReach(3, ctx, rule), ctx.deadline);

  const most = isTimeVirtual(ctx.facts) ? Infinity : 3; // in real time it goes on while a busy host reads
  const occurrences = (await occurrencesOf(ctx, rule)).slice(0, most);
  const numbers = numbersUpTo(3);
  expectOnTime(
    ctx,
    occurrences,
    enabled,
    numbers.map((k) => (before + k) * stepMs),
  );
  const { enforced, executed } = await eventChain(
    ctx,
    rule,
    occurrences.map(({ event }) => event),
  );
  expect([enforced.slice(0, most), executed.slice(0, most)]).toEqual([numbers, numbers]);
  expect(Math.min(runsOf(ctx, rule.label), most)).toBe(3);
});

claim.time('T1.3c', NEEDS, 'second zero of the next minute fires once', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', { expression: '0 * * * * *' });

  const enabled = await ctx.client.rules.enable(rule.ref);
  const minute = (Math.floor(parseInstant(enabled.updated) / MINUTE_MS) + 1) * MINUTE_MS;
  const seconds = secondsBetween(await ctx.time.now(), rfc3339(minute));
  await ctx.time.expectNothingFor(seconds - 0.001, () => fireCount(ctx, rule));
  await ctx.time.pass(0.001);

  await expectFiresAt(ctx, enabled, [minute]);
  if (!ctx.canProve('timers.preview')) return;
  expect(parseInstant(enabled.next_fire_at ?? '')).toBe(minute);
});

claim.time('T1.3d', NEEDS, 'a cron timer fires only when all its fields match', async (ctx) => {
  await ctx.pack('e2e');
  const rules = [
    await timerRule(ctx, 'cron', YEARLY, { label: 'today' }),
    await timerRule(ctx, 'cron', YEARLY, { label: 'not-today' }),
    await timerRule(ctx, 'cron', YEARLY, { label: 'not-this-month' }),
  ];

  const instants = await twoInstants(ctx);
  const { today, notToday, notThisMonth } = fieldsAround(instants);
  const expressions = [today, notToday, notThisMonth];
  const armed = await Promise.all(rules.map((rule, n) => armTimer(ctx, rule, { expression: expressions[n]! })));
  await ctx.time.passTo(rfc3339(instants[1]));

  await expectFiresAt(ctx, armed[0]!, instants);
  expect(await Promise.all(rules.map((rule) => fireCount(ctx, rule)))).toEqual([2, 0, 0]);
  if (ctx.canProve('timers.preview')) expect(armed.map((rule) => rule.timer_state)).toEqual(Array(3).fill('armed'));
});

const PLANNED = ['timers.cron', 'timers.preview'];

/** Noon of the first last day of a February after an instant, epoch ms. */
const lastOfFebruary = (after: number): number => {
  const year = new Date(after).getUTCFullYear();
  const [first, second] = [Date.UTC(year, 2, 0, 12), Date.UTC(year + 1, 2, 0, 12)];
  return first > after ? first : second;
};

claim.time('T1.3h', PLANNED, 'the last day of a month is that of a short month, too', async (ctx) => {
  await ctx.pack('e2e');
  const lastDay = { expression: '0 0 12 L 2 *' };

  const rule = await timerRule(ctx, 'cron', lastDay, { label: 'last-day', enabled: true });

  expect(parseInstant(rule.next_fire_at ?? '')).toBe(lastOfFebruary(parseInstant(rule.updated)));
});

/** A zone without daylight saving time whose minutes differ from those of UTC. */
const ZONE = { name: 'Asia/Kolkata', offsetMs: 5.5 * 60 * MINUTE_MS };

/** Second, minute and hour of the instants, in the zone that is this far ahead of UTC. */
const clockFields = (instants: readonly number[], offsetMs: number): string => {
  const local = instants.map((instantMs) => new Date(instantMs + offsetMs));
  const [minutes, hours] = [local.map((at) => at.getUTCMinutes()), local.map((at) => at.getUTCHours())];
  return `${secondsField(instants)} ${commaSeparated(minutes)} ${commaSeparated(hours)} * * *`;
};

const ZONES = [...NEEDS, 'timers.timezone'];

claim.time('T1.3e', ZONES, 'a cron timer reads its fields in its zone', async (ctx) => {
  await ctx.pack('e2e');
  const inZone = await timerRule(ctx, 'cron', YEARLY, { label: 'in-zone' });
  const inUtc = await timerRule(ctx, 'cron', YEARLY, { label: 'in-utc' });

  const instants = await twoInstants(ctx);
  const expression = clockFields(instants, ZONE.offsetMs);
  await armTimer(ctx, inUtc, { expression });
  const armed = await armTimer(ctx, inZone, { expression, timezone: ZONE.name });
  await ctx.time.passTo(rfc3339(instants[1]));

  await expectFiresAt(ctx, armed, instants);
  expect(await fireCount(ctx, inUtc)).toBe(0);
});

/** Noon in Berlin on a day of each half of the year. */
const SEASONS = [
  { month: 1, utcHour: 11 },
  { month: 7, utcHour: 10 },
];

/** A new rule with this expression in the zone of Berlin: its next fire, epoch ms. */
const nextInBerlin = async (ctx: TimeContext, expression: string, label: string): Promise<number> => {
  const params = { expression, timezone: 'Europe/Berlin' };
  return parseInstant((await timerRule(ctx, 'cron', params, { label, enabled: true })).next_fire_at ?? '');
};

const ZONES_PLANNED = [...ZONES, 'timers.preview'];

claim.time('T1.3g', ZONES_PLANNED, 'the next fire in a zone has the offset of its season', async (ctx) => {
  await ctx.pack('e2e');
  const now = await nowOf(ctx);
  const { day, next } = skippedHour(now);

  const noons = await Promise.all(
    SEASONS.map(({ month }) => nextInBerlin(ctx, `0 0 12 15 ${month} *`, `month-${month}`)),
  );
  const skipped = await nextInBerlin(ctx, `0 */20 2 ${day} 3 *`, 'skipped');

  const zero = { seconds: [0], minutes: [0], days: [15] };
  const planned = SEASONS.map(({ month, utcHour }) =>
    firstInstant({ ...zero, hours: [utcHour], months: [month] }, now),
  );
  expect([...noons, skipped]).toEqual([...planned, parseInstant(`${next}Z`)]);
});

claim.time('T1.3f', PLANNED, 'the next fire is the first instant that all fields match', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', YEARLY);
  const fires: Record<string, string> = {};
  const expected: Record<string, string> = {};
  for (const [expression, values] of Object.entries(CRON_EXPRESSIONS)) {
    const { next_fire_at, updated } = await armTimer(ctx, rule, { expression });
    fires[expression] = rfc3339(parseInstant(next_fire_at ?? ''));
    expected[expression] = rfc3339(firstInstant(values, parseInstant(updated)));
  }

  expect(fires).toEqual(expected);
});

claim.realTime('T1.3i', NEEDS, 'a cron timer fires by the real clock', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', { expression: '*/2 * * * * *' }, { matchesNothing: true });

  const enabled = await ctx.client.rules.enable(rule.ref);
  await until(firesToReach(1, ctx.client, rule.ref), ctx.deadline);

  const [first] = await occurrencesOf(ctx, rule);
  const stepMs = 2 * SECOND_MS;
  expectOnTime(ctx, [first!], enabled, [(Math.floor(parseInstant(enabled.updated) / stepMs) + 1) * stepMs]);
});
