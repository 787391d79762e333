// Spec: the next fires that a timer lists are the instants at which it fires, as far as it does.
import { parseInstant } from '../../../helpers/instant';
import { claim } from '../../../helpers/scenario/claim';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { armedRule, firesOf, type TimerParameters } from '../support/timers/planned-rules';

const NEEDS = ['timers.cron', 'timers.timezone', 'timers.fires', 'clock.virtual'];
const CRON = ['timers.cron', 'timers.fires'];
const timezone = 'America/New_York';
/** The clocks change at 7:00 UTC. */
const [FROM, TO] = ['2027-03-14T04:45:00Z', '2027-03-15T05:40:00Z'];

/** Timers, and how many of the ten fires that are listed they have in that time. */
const LISTED: readonly (readonly [timer: TimerParameters, count: number])[] = [
  [{ kind: 'interval', params: { unit: 'hours', interval: 2 } }, 10],
  [{ kind: 'cron', params: { expression: '0 */30 0-4 * * *', timezone } }, 10],
  [{ kind: 'cron', params: { expression: '0 5,15,25,35,45,55 1,2 * * *', timezone } }, 10],
  [{ kind: 'recurrence', params: { dtstart: '2027-03-14T00:00:00', freq: 'hourly', interval: 2, timezone } }, 10],
  [{ kind: 'recurrence', params: { dtstart: '2027-03-13T02:30:00', freq: 'daily', count: 2, timezone } }, 1],
  [{ kind: 'date', params: { fire_at: '2027-03-14T12:00:00.5Z' } }, 1],
];

claim.time('T1.3m', NEEDS, 'a timer fires at the ten instants that were listed', async (ctx) => {
  await ctx.time.passTo(FROM);
  const rules = await Promise.all(LISTED.map(([timer]) => armedRule(ctx, timer)));
  const listOf = ({ ref }: { readonly ref: string }) => ctx.client.rules.fires(ref);
  const listed = await Promise.all(rules.map(listOf));

  await ctx.time.passTo(TO);

  const fired = await Promise.all(rules.map(({ ref }) => firesOf(ctx, ref)));
  const instantsOf = (fires: readonly string[]) => fires.map(parseInstant);
  expect(listed.map(({ fires }) => instantsOf(fires))).toEqual(fired.map((fires) => instantsOf(fires).slice(0, 10)));
  expect(listed.map(({ fires }) => fires.length)).toEqual(LISTED.map(([, count]) => count));
  expect(listed.map(({ fires }) => fires[0])).toEqual(rules.map(({ next_fire_at: next }) => next));
  const later = await ctx.client.rules.fires(rules[0]!.ref, { count: 2 });
  const tenth = parseInstant(listed[0]!.fires[9]!);
  expect(instantsOf(later.fires).map((at) => at - tenth)).toEqual([3 * 7_200_000, 4 * 7_200_000]);
  expect(await listOf(rules[4]!)).toMatchObject({
    state: 'expired',
    reason: 'its last occurrence has fired',
    fires: [],
  });
});

claim('T1.3n', CRON, 'a timer that is not armed lists no fire, with the reason', async (ctx) => {
  const { rules } = ctx.client;
  const nightly: TimerParameters = { kind: 'cron', params: { expression: '0 30 2 * * *' } };
  const off = await armedRule(ctx, nightly);
  await rules.disable(off.ref);
  const past = await armedRule(ctx, { kind: 'date', params: { fire_at: '2020-01-01T00:00:00Z' } });
  const late = await armedRule(ctx, { kind: 'date', params: { fire_at: '10000-01-01T00:00:00Z' } });

  const lists = await Promise.all([off, past, late].map(({ ref }) => rules.fires(ref)));

  const outOfRange = expect.stringMatching(/^OUT_OF_RANGE: /) as string;
  expect(lists).toEqual([
    { rule: off.ref, state: 'off', reason: null, fires: [] },
    { rule: past.ref, state: 'expired', reason: 'fire_at had passed when the timer was armed', fires: [] },
    { rule: late.ref, state: 'invalid', reason: outOfRange, fires: [] },
  ]);
  await rules.update(off.ref, { trigger_ref: 'core.alert', trigger_params: {} });
  const details = { reason: 'NO_TIMER', path: 'ref', hint: expect.stringContaining('core.crontimer') as string };
  await expect(rules.fires(off.ref)).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST', body: { details } });
  await expect(rules.fires(`${off.ref}-gone`)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  await expect(rules.fires(past.ref, { count: 101 })).rejects.toMatchObject({ status: 400, code: 'HTTP_400' });
});

/** Of one event of each kind of timer, which is armed at FIRED less an hour, and an hour later. */
const FIRED = '2027-06-01T01:00:00Z';
const AT = '2027-06-01T01:00:00.000000+00:00';
const NEXT = '2027-06-02T01:00:00.000000+00:00';

/** The parameters of each kind, and the keys of its event besides the instant and the sensor. */
const PAYLOADS: readonly (readonly [timer: TimerParameters, payload: Parameters])[] = [
  [
    { kind: 'interval', params: { unit: 'hours', interval: 1 } },
    { type: 'interval', interval_seconds: 3_600, execution_count: 1 },
  ],
  [
    { kind: 'cron', params: { expression: '0 0 1 * * *' } },
    {
      type: 'cron',
      expression: '0 0 1 * * *',
      timezone: 'UTC',
      scheduled_at: AT,
      next_fire_at: NEXT,
      execution_count: 1,
    },
  ],
  [
    { kind: 'date', params: { fire_at: '2027-06-01T03:00:00+02:00', timezone: 'Europe/Berlin' } },
    { type: 'one_shot', fire_at: AT, timezone: 'Europe/Berlin', delay_ms: 0 },
  ],
  [
    { kind: 'recurrence', params: { dtstart: '2027-06-01T01:00:00', freq: 'daily', count: 2 } },
    { type: 'rrule', scheduled_at: AT, delay_ms: 0, execution_count: 1 },
  ],
];

claim.time('T1.3o', NEEDS, 'an event of each kind of timer has all the keys of its kind', async (ctx) => {
  await ctx.time.passTo('2027-06-01T00:00:00Z');
  const rules = await Promise.all(PAYLOADS.map(([timer]) => armedRule(ctx, timer)));

  await ctx.time.passTo(FIRED);

  const events = await Promise.all(rules.map(({ ref }) => ctx.client.events.list({ rule_ref: ref })));
  const payloads = await Promise.all(
    events.flat().map(async ({ id }) => (await ctx.client.events.get(id)).payload as Parameters),
  );
  const sensor_ref = expect.any(String) as string;
  expect(payloads).toEqual(PAYLOADS.map(([, payload]) => ({ ...payload, fired_at: AT, sensor_ref })));
});
