// Spec: timers fire once each under load, and never after they are disabled, changed or deleted.
import { createClient } from '../../../helpers/client/client';
import { EnvironmentError } from '../../../helpers/errors';
import { parseInstant } from '../../../helpers/instant';
import { executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { stays, until, type Condition } from '../../../helpers/scenario/polling';
import { platformClock, rfc3339, type PlatformClock } from '../../../helpers/scenario/resources/platform-clock';
import {
  armTimer,
  EVERY_SECOND,
  fireCount,
  firesToReach,
  occurrencesOf,
  timerRule,
  type TimerRule,
} from '../../../helpers/scenario/resources/timer-rule';
import { sized } from '../../../helpers/sized';
import { systemTest } from '../support/system-test';
import { forgeToken, readTokenSecret } from '../support/forge-token';
import { uploadManyTimers } from '../support/many-timers';

const TIMER_COUNT = 1_000;
/** From the start of the first upload to its timers' instant, ms: an idle host needs 10 s. */
const FIRST_LEAD_MS = 25_000;
const MAX_UPLOADS = 3;
/** For the executions of all timers, ms. */
const EXECUTION_TIME_MS = 60_000;

/**
 * Uploads a pack whose timers are due at one instant, which is at least a second away when they
 * are all there: a slow host gets more time with another pack. Throws EnvironmentError.
 */
async function uploadBeforeDue(ctx: Context, clock: PlatformClock): Promise<{ pack: string; fireAt: number }> {
  let leadMs = FIRST_LEAD_MS;
  for (let upload = 1; upload <= MAX_UPLOADS; upload++) {
    const startedAt = clock.now();
    const fireAt = Math.ceil((startedAt + leadMs) / 1_000) * 1_000;
    const pack = await uploadManyTimers(ctx, TIMER_COUNT, rfc3339(fireAt));
    if (clock.now() < fireAt - 1_000) return { pack, fireAt };
    leadMs = 2 * (clock.now() - startedAt);
  }
  throw new EnvironmentError(`the upload of ${TIMER_COUNT} timers took ${(leadMs / 2_000).toFixed(0)} s`);
}

systemTest('CR-06 of 1,000 timers of one instant, 990 fire within a second', 300, async (ctx) => {
  await ctx.pack('e2e');
  const clock = platformClock(ctx);
  const { pack, fireAt } = await uploadBeforeDue(ctx, clock);
  await until(timersToFire(ctx, pack), performance.now() + (fireAt - clock.now()) + EXECUTION_TIME_MS);

  const events = await eventsOfPack(ctx, pack);
  expect(new Set(events.map(({ rule_ref }) => rule_ref)).size).toBe(TIMER_COUNT);
  expect(events).toHaveLength(TIMER_COUNT);
  const latenessMs = events.map(({ created }) => parseInstant(created) - fireAt).sort((a, b) => a - b);
  expect(latenessMs[0]).toBeGreaterThanOrEqual(0);
  const most = latenessMs[Math.floor(TIMER_COUNT * 0.99) - 1]!;
  ctx.expectAtMost(1, most / 1_000);
  const enforced = (await ctx.client.enforcements.list({ trigger_ref: 'core.datetimetimer' })).filter(isOfPack(pack));
  expect(enforced).toHaveLength(TIMER_COUNT);
});

const isOfPack =
  (pack: string) =>
  ({ rule_ref }: { rule_ref: string | null }): boolean =>
    rule_ref?.startsWith(`${pack}.`) === true;

const eventsOfPack = async ({ client }: Context, pack: string) =>
  (await client.events.list({ trigger_ref: 'core.datetimetimer' })).filter(isOfPack(pack));

/** Every timer of the pack has fired and its execution is completed. */
const timersToFire = (ctx: Context, pack: string): Condition<number> => ({
  name: `${TIMER_COUNT} executions of ${pack} to be completed`,
  check: async () => {
    const executions = await ctx.client.executions.list({ trigger_ref: 'core.datetimetimer' });
    const completed = executions.filter(
      (row) => isOfPack(pack)({ rule_ref: row.rule_ref ?? null }) && row.status === 'completed',
    );
    if (completed.length === TIMER_COUNT) return { is: 'met', value: completed.length };
    const why = `${completed.length} completed`;
    return completed.length > TIMER_COUNT ? { is: 'impossible', why } : { is: 'pending', why };
  },
  evidence: () => Promise.resolve(''),
});

const FAST_INTERVAL = { unit: 'seconds', interval: 0.05 };
const RULE_COUNT = 10;
const ROUNDS = sized({ ci: 20, full: 50 });

/**
 * Arms the timer, waits for a fire and stops it, `ROUNDS` times; by turns the rule is disabled or
 * gets another schedule. A fire after a stop is added to `lateFires`. Returns the last fire count.
 */
async function stopRepeatedly(ctx: Context, rule: TimerRule, lateFires: string[]): Promise<number> {
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = await fireCount(ctx, rule);
    await armTimer(ctx, rule, FAST_INTERVAL);
    await until(firesToReach(before + 1, ctx.client, rule.ref), ctx.deadline);
    if (round % 2 === 0) await ctx.client.rules.disable(rule.ref);
    else await ctx.client.rules.update(rule.ref, { trigger_params: { unit: 'hours', interval: 1 } });
    acknowledged = await fireCount(ctx, rule);
    const later = await fireCount(ctx, rule);
    if (later !== acknowledged) lateFires.push(`${rule.ref}: ${acknowledged} became ${later}`);
  }
  return acknowledged;
}

systemTest('CR-07 a timer never fires after its rule is disabled or changed', 150, async (ctx) => {
  await ctx.pack('e2e');
  const rules: TimerRule[] = [];
  for (let n = 0; n < RULE_COUNT; n++) {
    rules.push(await timerRule(ctx, 'interval', FAST_INTERVAL, { label: `stopped-${n}`, matchesNothing: true }));
  }

  const lateFires: string[] = [];
  const acknowledged = await Promise.all(rules.map((rule) => stopRepeatedly(ctx, rule, lateFires)));
  const control = await timerRule(ctx, 'interval', EVERY_SECOND, { label: 'control', enabled: true });
  const counts = async () => Promise.all(rules.map((rule) => fireCount(ctx, rule)));
  await stays(counts, acknowledged, firesToReach(1, ctx.client, control.ref), ctx.quietMs, ctx.deadline);

  expect(lateFires).toEqual([]);
  for (const rule of rules.slice(0, 2)) {
    const numbers = (await occurrencesOf(ctx, rule)).map(({ payload }) => Number(payload.execution_count));
    // each start of the timer counts from one, without a gap
    expect(numbers).toEqual(numbers.map((n, index) => (n === 1 ? 1 : numbers[index - 1]! + 1)));
    expect(numbers.filter((n) => n === 1)).toHaveLength(ROUNDS);
  }
});

systemTest('CR-07 an event for a deleted rule creates no enforcement', async (ctx) => {
  await ctx.pack('e2e');
  const hourly = { unit: 'hours', interval: 1 };
  const deletedRule = await timerRule(ctx, 'interval', hourly, { label: 'deleted', enabled: true });
  const other = await timerRule(ctx, 'interval', hourly, { label: 'other', enabled: true });
  await ctx.client.rules.remove(deletedRule.ref);
  const { id } = await ctx.client.auth.me();
  const metadata = { trigger_types: [other.trigger_ref] };
  const token = await forgeToken(await readTokenSecret(ctx.facts), {
    identity: id,
    login: 'sensor:core.timer_sensor',
    type: 'sensor',
    metadata,
  });
  const sensor = createClient({ baseUrl: ctx.facts.url, token });
  const post = (rule: number) =>
    sensor.events.create({ trigger_ref: other.trigger_ref, payload: {}, trigger_instance_id: `rule_${rule}` });

  const eventOfDeletedRule = await post(deletedRule.id);
  const fence = await post(other.id);

  await until(executionsToBe('completed', 1, ctx.client, { rule_ref: other.ref }), ctx.deadline);
  expect(await ctx.client.enforcements.list({ event: eventOfDeletedRule.id })).toEqual([]);
  expect(await ctx.client.enforcements.list({ event: fence.id })).toMatchObject([{ rule: other.id }]);
});
