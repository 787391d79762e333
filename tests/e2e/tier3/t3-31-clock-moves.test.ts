// Spec: a move of a clock names all that was due, of each kind, and a clock never runs backwards.
import { formatInstant, parseInstant, secondsBetween } from '../../../helpers/instant';
import { claim, type TimeContext } from '../../../helpers/scenario/claim';
import { waitForInquiry } from '../../../helpers/scenario/resources/approvals';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { ownedByPack, storeKey } from '../../../helpers/scenario/resources/stored-keys';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { occurrencesOf, timerRule } from '../../../helpers/scenario/resources/timer-rule';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { addItems, createQueue } from '../support/work-queues/queue';

const NEEDS = ['clock.virtual', 'timers.interval'];

const QUIET = { action: 'core.noop', actionParams: {}, enabled: true, matchesNothing: true };

type Kind = Awaited<ReturnType<TimeContext['client']['clock']['advance']>>['fired'][number]['kind'];

/** Two workflows that wait: for a response for 20 s, and for 40 s in all. Returns the ids. */
const startWaiting = async (ctx: TimeContext) => {
  const waiting = await startWorkflow(ctx, [inquiryTask({ timeout_seconds: 20 })], { name: 'waiting' });
  const limit = await startWorkflow(ctx, [inquiryTask({})], { name: 'limited', timeout: 40 });
  await waitForInquiry(ctx, limit);
  return { inquiry: (await waitForInquiry(ctx, waiting)).inquiry.id, limit };
};

/** A queue whose second item waits for 90 s. Returns its id. */
const startQueue = async (ctx: TimeContext): Promise<number> => {
  const ref = await createQueue(ctx, 'core.noop', { config: { dispatch: { inter_execution_delay_seconds: 90 } } });
  await addItems(ctx, ref, [{ payload: {} }, { payload: {} }]);
  await ctx.client.queues.update(ref, { enabled: true });
  return (await ctx.client.queues.get(ref)).id;
};

/** A key that lives for 30 s, and a version that is kept for 60 s. Returns the ids. */
const storeBriefly = async (ctx: TimeContext) => {
  const { client, name } = ctx;
  const { id: key } = await storeKey(ctx, {
    ref: name('key'),
    ...ownedByPack(await ctx.ownPack()),
    value: 1,
    ttl_seconds: 30,
  });
  const kept = { scope: 'system', owner: '', type: 'other', retention_policy: 'minutes', retention_limit: 1 } as const;
  const { id } = await client.artifacts.create({ ref: name('kept'), ...kept });
  ctx.defer(() => client.artifacts.remove(id));
  return { key, artifact: (await client.artifacts.addVersion(id, { content: 1 })).id };
};

const KINDS = ['keys.ttl', 'inquiries.ask', 'workflows.retry', 'executions.timeout'];

claim.time('T3.31f', [...NEEDS, ...KINDS], 'a move names what was due, of each kind, in order', async (ctx) => {
  const failing = await createScriptAction(ctx, await ctx.ownPack(), 'exit 1');
  const timed = { label: 'timer', ...QUIET };
  const { id: timer } = await timerRule(ctx, 'interval', { unit: 'seconds', interval: 100 }, timed);
  const task = { name: 'task', action: failing, retry: { count: 1, delay: 10 } };
  const retried = await startWorkflow(ctx, [task], { name: 'retried' });
  const ids = { timer, ...(await startWaiting(ctx)), ...(await storeBriefly(ctx)), queue: await startQueue(ctx) };
  const start = await ctx.time.now();

  const { fired, steps } = await ctx.client.clock.advance({ by: 100 });

  const retry = Math.max(...(await ctx.client.executions.children(retried)).map(({ id }) => id));
  const due: Record<Kind, readonly [number, number]> = {
    retry: [10, retry],
    inquiry: [20, ids.inquiry],
    key: [30, ids.key],
    limit: [40, ids.limit],
    artifact: [60, ids.artifact],
    queue: [90, ids.queue],
    timer: [100, ids.timer],
  };
  expect(fired.map(({ kind, id, at }) => [kind, secondsBetween(start, at), id])).toEqual(
    Object.entries(due).map(([kind, [seconds, id]]) => [kind, seconds, id]),
  );
  expect(steps).toBe(7);
});

/** How long versions are kept, by the unit of their retention, seconds. */
const RETENTIONS = { minutes: 60, hours: 3_600, days: 86_400 } as const;

claim.time('T3.31g', ['clock.virtual'], 'a move names the end of each version, of each unit', async (ctx) => {
  const { artifacts, clock } = ctx.client;
  const found: unknown[] = [];
  const due: unknown[] = [];
  for (const [retention_policy, seconds] of Object.entries(RETENTIONS) as [keyof typeof RETENTIONS, number][]) {
    const start = await ctx.time.now();
    const kept = { scope: 'system', owner: '', type: 'other', retention_policy, retention_limit: 2 } as const;
    const { id } = await artifacts.create({ ref: ctx.name(retention_policy), ...kept });
    ctx.defer(() => artifacts.remove(id));
    const version = await artifacts.addVersion(id, { content: 1 });

    await ctx.time.pass(2 * seconds - 10);
    const { fired } = await clock.advance({ by: 20 });

    found.push(fired.map(({ kind, id: of, at }) => [kind, of, secondsBetween(start, at)]));
    due.push([['artifact', version.id, 2 * seconds]]);
  }
  expect(found).toEqual(due);
});

claim.time('T3.31d', NEEDS, 'the clock of a tenant goes forward only, and says where it is', async (ctx) => {
  const { clock } = ctx.client;
  await ctx.time.pass(60); // ahead of the real time, also where no other claim has moved the clock
  const rule = await timerRule(ctx, 'interval', { unit: 'seconds', interval: 2 }, { label: 'two', ...QUIET });
  const start = parseInstant(await ctx.time.now());
  const at = (seconds: number) => formatInstant(start + seconds * 1_000);
  const refused = (code: string, status = 409) => ({ status, code });

  await expect(clock.set({ mode: 'pinned', at: at(-1) })).rejects.toMatchObject(refused('CLOCK_AHEAD'));
  await expect(clock.set({ mode: 'real' })).rejects.toMatchObject(refused('CLOCK_AHEAD'));
  await expect(clock.advance({ to: at(-1) })).rejects.toMatchObject(refused('CLOCK_AHEAD'));
  await expect(clock.set({ mode: 'offset' })).rejects.toMatchObject(refused('VALIDATION_ERROR', 422));
  for (const move of [{}, { by: 1, to: at(9) }, { by: '3 hours' }])
    await expect(clock.advance(move)).rejects.toMatchObject(refused('VALIDATION_ERROR', 422));
  const { client: other } = await createTestUser(ctx, 'core.editor');
  await expect(other.clock.advance({ by: 1 })).rejects.toMatchObject(refused('FORBIDDEN', 403));
  expect(await clock.get()).toMatchObject({ mode: 'pinned', due: 0, in_flight: 0, next_due_at: rule.next_fire_at });

  const armed = parseInstant(rule.next_fire_at!) - start;
  await expect(clock.advance({ to: at(9), max_steps: 3 })).rejects.toMatchObject(refused('TOO_MANY_STEPS'));
  expect(parseInstant((await clock.get()).now) - start).toBe(armed + 4_000);
  const { now, steps } = await clock.advance({ to: at(9) });
  expect([parseInstant(now) - start, steps]).toEqual([9_000, 1]);
});

claim.time('T3.31e', NEEDS, 'a jump of the clock misses what was due more than a minute before', async (ctx) => {
  const { clock, rules } = ctx.client;
  const start = parseInstant(await ctx.time.now());
  const at = (seconds: number) => formatInstant(start + seconds * 1_000);
  const parts = (label: string) => ({ label, ...QUIET });
  const missed = await timerRule(ctx, 'date', { fire_at: at(9) }, parts('missed'));
  const late = await timerRule(ctx, 'date', { fire_at: at(10) }, parts('late'));
  const interval = await timerRule(ctx, 'interval', { unit: 'seconds', interval: 40 }, parts('interval'));
  const passed = await timerRule(ctx, 'interval', { unit: 'seconds', interval: 9 }, parts('passed'));
  const once = { dtstart: at(20), freq: 'secondly', count: 1 };
  const recurrence = await timerRule(ctx, 'recurrence', once, parts('recurrence'));

  await clock.set({ mode: 'pinned', at: at(70) });
  await ctx.time.pass(0);
  await ctx.time.passTo(at(110 - 0.001));
  const jumped = await Promise.all([missed, late, interval, passed].map((rule) => occurrencesOf(ctx, rule)));
  const states = await Promise.all([missed, late].map(({ ref }) => rules.get(ref)));
  await ctx.time.pass(60);

  expect(jumped.map((fires) => fires.map(({ firedAt }) => (firedAt - start) / 1_000))).toEqual([
    [],
    [70],
    [70, 80],
    [72, 81, 90, 99, 108],
  ]);
  expect(jumped[3]!.map(({ payload }) => payload.execution_count)).toEqual([1, 2, 3, 4, 5]);
  expect(states).toMatchObject([
    { timer_state: 'expired', next_fire_at: null, timer_reason: 'its last occurrence was missed' },
    { timer_state: 'expired', next_fire_at: null },
  ]);
  const fires = [...jumped[1]!, ...(await occurrencesOf(ctx, recurrence))];
  const lateness = fires.map(({ firedAt, plannedAt }) => Math.round(firedAt - plannedAt));
  expect(fires.map(({ payload }) => payload.delay_ms)).toEqual(lateness);
  expect(lateness).toEqual([60_000, expect.any(Number)]);
  expect(lateness[1]).toBeGreaterThan(48_000);
  const later = (await occurrencesOf(ctx, interval)).slice(2);
  expect(later.map(({ event }) => secondsBetween(interval.updated, event.created))).toEqual([120, 160]);
});
