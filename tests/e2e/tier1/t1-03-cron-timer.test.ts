// Spec: a cron timer fires at exactly the instants that all six of its fields match.
import { CRON_EXPRESSIONS } from '../support/cron-expressions';
import { commaSeparated, fieldsAround, secondsField, skippedHour } from '../support/cron-fields';
import { parseInstant } from '../../../helpers/instant';
import { firstInstant } from '../support/model/cron-instants';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { expectNotEarly } from '../../../helpers/scenario/expectations';
import { stays, until } from '../../../helpers/scenario/polling';
import { platformClock, rfc3339, type PlatformClock } from '../../../helpers/scenario/resources/platform-clock';
import {
  armTimer,
  completedExecutions,
  disableBetweenFires,
  eventChain,
  executionsToReach,
  FAR_FUTURE,
  fireCount,
  latenessOf,
  leadMs,
  numbersUpTo,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { expectWithin } from '../../../helpers/scenario/upper-bound';

const NEEDS = ['timers.cron', 'ledger.shared'];

const SECOND_MS = 1_000;

const MINUTE_MS = 60_000;

/** The initial schedule of a rule that is armed later. */
const YEARLY = { expression: '0 0 0 1 1 *' };

/** Two whole seconds, 2 s apart, far enough in the future to arm a timer for them, epoch ms. */
function twoInstants(ctx: Context, clock: PlatformClock): [number, number] {
  const first = Math.ceil((clock.now() + leadMs(ctx, SECOND_MS)) / SECOND_MS) * SECOND_MS;
  return [first, first + 2 * SECOND_MS];
}

/**
 * The rule fired at these instants and no others, each without delay, and ran its action each
 * time, but for fires that were evaluated after the rule had been disabled.
 */
async function expectFiresAt(
  ctx: Context,
  rule: TimerRule,
  instants: readonly number[],
  executed = instants.length,
): Promise<void> {
  await until(executionsToBe('completed', executed, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  expect(runsOf(ctx, rule.label)).toBe(executed);
  const occurrences = await occurrencesOf(ctx, rule);
  expectNotEarly(occurrences, instants);
  // The planned instant shows a wrong second, so that a fire may be later.
  const margin = ctx.canProve('timers.planned_at') ? 2 * SECOND_MS : SECOND_MS;
  const lateness = occurrences.map(({ firedAt }, n) => latenessOf(n, firedAt, instants[n]!, margin));
  expectWithin(ctx.slackMs('mark'), ...lateness);
  if (!ctx.canProve('timers.planned_at')) return;
  expect(occurrences.map(({ plannedAt }) => rfc3339(plannedAt))).toEqual(instants.map(rfc3339));
}

claim.concurrent('T1.3a', NEEDS, 'a list of two seconds fires at those two seconds only', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const rule = await timerRule(ctx, 'cron', YEARLY);
  const neighbour = await timerRule(ctx, 'date', FAR_FUTURE, { label: 'neighbour' });

  const instants = twoInstants(ctx, clock);
  await armTimer(ctx, rule, { expression: `${secondsField(instants)} * * * * *` }, instants[0]);
  const fenceAt = instants[1] + 1_500;
  await armTimer(ctx, neighbour, { fire_at: rfc3339(fenceAt) }, fenceAt);
  const fence = eventsToBe(1, ctx.client, { rule_ref: neighbour.ref });
  await stays(() => fireCount(ctx, rule), 2, fence, ctx.quietMs, ctx.deadline);

  await expectFiresAt(ctx, rule, instants);
});

claim.concurrent('T1.3b', NEEDS, 'a step fires at every multiple and at no other second', async (ctx) => {
  await ctx.pack('e2e');
  const stepMs = 2 * SECOND_MS;
  const rule = await timerRule(ctx, 'cron', { expression: '*/2 * * * * *' });

  const activated = parseInstant((await ctx.client.rules.enable(rule.ref)).updated);
  await until(executionsToReach(3, ctx, rule), ctx.deadline);
  const n = await completedExecutions(ctx, rule, await disableBetweenFires(ctx, rule, stepMs));

  const occurrences = await occurrencesOf(ctx, rule);
  const events = occurrences.map(({ event }) => event);
  const before = Math.floor(activated / stepMs) * stepMs; // steps count from second 0 of the minute
  const instants = events.map((_, k) => before + (k + 1) * stepMs);
  await expectFiresAt(ctx, rule, instants, n);
  const numbers = numbersUpTo(n);
  expect(await eventChain(ctx, rule, events)).toMatchObject({ enforced: numbers, executed: numbers });
  expect(occurrences[0]!.firedAt).toBeGreaterThan(activated);
});

claim.concurrent('T1.3c', NEEDS, 'second zero of the next minute fires once', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', { expression: '0 * * * * *' });

  const enabled = await ctx.client.rules.enable(rule.ref);
  const minute = (Math.floor(parseInstant(enabled.updated) / MINUTE_MS) + 1) * MINUTE_MS;
  await until(eventsToBe(1, ctx.client, { rule_ref: rule.ref }), ctx.deadline);
  await disableBetweenFires(ctx, rule, MINUTE_MS);

  await expectFiresAt(ctx, rule, [minute]);
  if (!ctx.canProve('timers.preview')) return;
  expect(parseInstant(enabled.next_fire_at ?? '')).toBe(minute);
});

claim.concurrent('T1.3d', NEEDS, 'a cron timer fires only when all its fields match', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const [today, notToday, notThisMonth] = [
    await timerRule(ctx, 'cron', YEARLY, { label: 'today' }),
    await timerRule(ctx, 'cron', YEARLY, { label: 'not-today' }),
    await timerRule(ctx, 'cron', YEARLY, { label: 'not-this-month' }),
  ];

  const instants = twoInstants(ctx, clock);
  const fields = fieldsAround(instants);
  const armed = await Promise.all([
    armTimer(ctx, notToday, { expression: fields.notToday }, instants[0]),
    armTimer(ctx, notThisMonth, { expression: fields.notThisMonth }, instants[0]),
    armTimer(ctx, today, { expression: fields.today }, instants[0]),
  ]);
  const fence = eventsToBe(2, ctx.client, { rule_ref: today.ref });
  const otherFires = () => Promise.all([notToday, notThisMonth].map((rule) => fireCount(ctx, rule)));
  await stays(otherFires, [0, 0], fence, ctx.quietMs, ctx.deadline);

  await expectFiresAt(ctx, today, instants);
  if (ctx.canProve('timers.preview')) expect(armed.map((rule) => rule.timer_state)).toEqual(Array(3).fill('armed'));
});

const PLANNED = ['timers.cron', 'timers.preview'];

claim.concurrent('T1.3h', PLANNED, 'the last day of a month is that of a short month, too', async (ctx) => {
  await ctx.pack('e2e');
  const lastDay = { expression: '0 0 12 L 2 *' };

  const { next_fire_at: at } = await timerRule(ctx, 'cron', lastDay, { label: 'last-day', enabled: true });

  expect(at).toMatch(/-02-2[89]T12:00:00/);
});

/** A zone without daylight saving time whose minutes differ from those of UTC. */
const ZONE = { name: 'Asia/Kolkata', offsetMs: 5.5 * 60 * MINUTE_MS };

/** Second, minute and hour of the instants, in the zone that is this far ahead of UTC. */
const clockFields = (instants: readonly number[], offsetMs: number): string => {
  const local = instants.map((instantMs) => new Date(instantMs + offsetMs));
  const [minutes, hours] = [local.map((at) => at.getUTCMinutes()), local.map((at) => at.getUTCHours())];
  return `${secondsField(instants)} ${commaSeparated(minutes)} ${commaSeparated(hours)} * * *`;
};

/** Noon in Berlin on a day of each half of the year. */
const SEASONS = [
  { month: 1, utc: '11:00:00' },
  { month: 7, utc: '10:00:00' },
];

const ZONES = [...NEEDS, 'timers.timezone'];

claim.concurrent('T1.3e', ZONES, 'a cron timer reads its fields in its zone', async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const inZone = await timerRule(ctx, 'cron', YEARLY, { label: 'in-zone' });
  const inUtc = await timerRule(ctx, 'cron', YEARLY, { label: 'in-utc' });

  const instants = twoInstants(ctx, clock);
  const expression = clockFields(instants, ZONE.offsetMs);
  await armTimer(ctx, inUtc, { expression }, instants[0]);
  await armTimer(ctx, inZone, { expression, timezone: ZONE.name }, instants[0]);
  const fence = eventsToBe(2, ctx.client, { rule_ref: inZone.ref });
  await stays(() => fireCount(ctx, inUtc), 0, fence, ctx.quietMs, ctx.deadline);

  await expectFiresAt(ctx, inZone, instants);
});

/** The next fire of a new rule with this expression in the zone of Berlin. */
const nextInBerlin = async (ctx: Context, expression: string, label: string): Promise<string> => {
  const params = { expression, timezone: 'Europe/Berlin' };
  return (await timerRule(ctx, 'cron', params, { label, enabled: true })).next_fire_at ?? '';
};

const ZONES_PLANNED = [...ZONES, 'timers.preview'];

claim.concurrent('T1.3g', ZONES_PLANNED, 'the next fire in a zone has the offset of its season', async (ctx) => {
  await ctx.pack('e2e');

  const planned = SEASONS.map(({ month }) => nextInBerlin(ctx, `0 0 12 15 ${month} *`, `month-${month}`));
  const hours = (await Promise.all(planned)).map((at) => [new Date(at).getUTCMonth() + 1, at.slice(11, 19)]);
  const { day, next } = skippedHour(platformClock(ctx).now());
  const skipped = await nextInBerlin(ctx, `0 */20 2 ${day} 3 *`, 'skipped');

  expect(hours).toEqual(SEASONS.map(({ month, utc }) => [month, utc]));
  expect(skipped.slice(0, 19)).toBe(next);
});

claim.concurrent('T1.3f', PLANNED, 'the next fire is the first instant that all fields match', async (ctx) => {
  await ctx.pack('e2e');
  const rule = await timerRule(ctx, 'cron', YEARLY);
  const clock = platformClock(ctx);
  const fires: Record<string, string> = {};
  const expected: Record<string, string> = {};
  for (const [expression, values] of Object.entries(CRON_EXPRESSIONS)) {
    const { next_fire_at, updated } = await armTimer(ctx, rule, { expression });
    fires[expression] = rfc3339(parseInstant(next_fire_at ?? ''));
    const possible = [parseInstant(updated), clock.now()].map((at) => rfc3339(firstInstant(values, at)));
    expected[expression] = possible.find((at) => at === fires[expression]) ?? possible[0]!;
  }

  expect(fires).toEqual(expected);
});
