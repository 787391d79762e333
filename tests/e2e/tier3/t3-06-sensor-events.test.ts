// Spec: a pack's sensor runs while a rule needs it, and each change that it sees is one event.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { enforcementsToBe, eventsToBe, executionsToBe } from '../../../helpers/scenario/conditions/event-conditions';
import { stays, until } from '../../../helpers/scenario/polling';
import {
  changesOf,
  createCounter,
  otherProcessToRead,
  readsToBe,
  readsToStop,
  receivedChanges,
  type Counter,
} from '../support/counter';
import { runCounts } from '../../../helpers/scenario/resources/workflow-runs';

const NEEDS = ['sensors.custom', 'runtimes.python', 'ledger.shared'];

/** Uploads the sensor for this test alone. Returns its ref. */
const uploadSensor = async (ctx: Context): Promise<string> => {
  await ctx.pack('e2e');
  return `${(await ctx.ownCopy('e2e-sensors')).ref}.counter`;
};

/** Changes of a number from 0 to `last`, one by one. */
const changesTo = (last: number) => Array.from({ length: last }, (_, from) => ({ from, to: from + 1 }));

/** The rule has this many events, and each has started one execution, which has completed. */
const executionsToComplete = async (ctx: Context, { rule }: Counter, n: number): Promise<void> => {
  const filter = { rule_ref: rule.ref };
  await until(eventsToBe(n, ctx.client, filter), ctx.deadline);
  await until(enforcementsToBe(n, ctx.client, filter), ctx.deadline);
  await until(executionsToBe('completed', n, ctx.client, filter), ctx.deadline);
};

/** Each change up to `last` is one event of this sensor and one execution, in order. */
const expectChanges = async (ctx: Context, counter: Counter, sensor: string, last: number): Promise<void> => {
  const label = counter.rule.label;
  const source = [sensor, (await ctx.client.sensors.get(sensor)).id];
  expect(await changesOf(ctx, counter)).toEqual(changesTo(last).map((payload) => ({ payload, source })));
  const input = { ...ctx.ledgerInput(label), nonce: ctx.nonce };
  expect(await receivedChanges(ctx, counter)).toEqual(changesTo(last).map((change) => ({ ...input, ...change })));
  expect(runCounts(ctx, label)).toEqual({ [label]: last });
};

const eventCount = async ({ client }: Context, { rule }: Counter): Promise<number> =>
  (await client.events.list({ rule_ref: rule.ref })).length;

claim.concurrent('T3.6a', NEEDS, 'each change that a sensor sees is one event and one execution', async (ctx) => {
  const sensor = await uploadSensor(ctx);
  const counter = await createCounter(ctx, 'counter');

  await stays(() => eventCount(ctx, counter), 0, readsToBe(3, ctx, counter), ctx.quietMs, ctx.deadline);
  for (const n of [1, 2, 3]) {
    counter.set(n);
    await executionsToComplete(ctx, counter, n);
  }

  const fence = readsToBe(3, ctx, counter, counter.reads().length);
  await stays(() => eventCount(ctx, counter), 3, fence, ctx.quietMs, ctx.deadline);
  await expectChanges(ctx, counter, sensor, 3);
});

/** The rule is disabled, and its sensor has stopped. */
const disable = async (ctx: Context, counter: Counter): Promise<void> => {
  await ctx.client.rules.disable(counter.rule.ref);
  await until(readsToStop(ctx, counter), ctx.deadline);
};

/** Another sensor, whose event has come and which reads on: what the stopped one did not do. */
const neighbourToRead = async (ctx: Context) => {
  await uploadSensor(ctx);
  const neighbour = await createCounter(ctx, 'neighbour');
  neighbour.set(1);
  await executionsToComplete(ctx, neighbour, 1);
  return readsToBe(3, ctx, neighbour, neighbour.reads().length);
};

claim.concurrent('T3.6b', NEEDS, 'a sensor runs only while an enabled rule needs it', async (ctx) => {
  await uploadSensor(ctx);
  const [counter, other] = [await createCounter(ctx, 'counter'), await createCounter(ctx, 'other')];
  const both = [counter, other];
  await until(readsToBe(1, ctx, other), ctx.deadline);

  await disable(ctx, other);
  both.forEach((each) => each.set(1));
  await executionsToComplete(ctx, counter, 1);
  await disable(ctx, counter);
  await ctx.client.triggers.disable(counter.rule.trigger_ref);
  await ctx.client.rules.enable(counter.rule.ref); // of a trigger that takes no event
  both.forEach((each) => each.set(2));

  const reads = counter.reads().length;
  const counts = () => Promise.all(both.map((each) => eventCount(ctx, each)));
  const state = async () => ({ events: await counts(), reads: counter.reads().length });
  await stays(state, { events: [1, 0], reads }, await neighbourToRead(ctx), ctx.quietMs, ctx.deadline);
  expect(await ctx.client.enforcements.list({ rule_ref: counter.rule.ref })).toHaveLength(1);
});

claim.concurrent('T3.6d', NEEDS, 'a sensor that is needed again continues from its last change', async (ctx) => {
  const sensor = await uploadSensor(ctx);
  const [counter, other] = [await createCounter(ctx, 'counter'), await createCounter(ctx, 'other')];
  counter.set(1);
  await executionsToComplete(ctx, counter, 1);
  await disable(ctx, other);
  await disable(ctx, counter);
  [counter, other].forEach((each) => each.set(2));

  await ctx.client.rules.enable(counter.rule.ref);
  await executionsToComplete(ctx, counter, 2);
  counter.set(3);
  await executionsToComplete(ctx, counter, 3);

  const counts = () => Promise.all([counter, other].map((each) => eventCount(ctx, each)));
  await stays(counts, [3, 0], readsToBe(3, ctx, counter, counter.reads().length), ctx.quietMs, ctx.deadline);
  await expectChanges(ctx, counter, sensor, 3);
});

const SECOND_MS = 1_000;
const CONTRACT_BACKOFF_SECONDS = 5;

/** The declared pause before a sensor that ended is started again, ms. */
const backoffMs = ({ facts }: Context): number => {
  const declared = facts.capabilities['sensors.custom'];
  const seconds = typeof declared === 'object' ? declared.backoff_seconds : CONTRACT_BACKOFF_SECONDS;
  return (typeof seconds === 'number' ? seconds : CONTRACT_BACKOFF_SECONDS) * SECOND_MS;
};

/** One other process read after this one, and its first read came after the declared pause. */
const expectRestart = (ctx: Context, counter: Counter, crashed: string, pauseMs: number): void => {
  const reads = counter.reads();
  const before = reads.filter(({ process }) => process === crashed);
  const after = reads.filter(({ process }) => process !== crashed);
  expect(new Set(after.map(({ process }) => process)).size).toBe(1);
  const measured = after[0]!.atMs - Math.max(...before.map(({ atMs }) => atMs));
  expect(measured).toBeGreaterThanOrEqual(pauseMs);
  ctx.expectAtMost((pauseMs + SECOND_MS) / 1_000, measured / 1_000);
};

claim.concurrent('T3.6c', NEEDS, 'a crashed sensor starts again and repeats no change', async (ctx) => {
  const sensor = await uploadSensor(ctx);
  const counter = await createCounter(ctx, 'counter');
  const pauseMs = backoffMs(ctx);
  ctx.plan(pauseMs);
  counter.set(2);
  await executionsToComplete(ctx, counter, 2);

  const crashed = counter.reads()[0]!.process;
  counter.set('crash');
  await until(otherProcessToRead(ctx, counter, crashed), ctx.deadline);
  counter.set(3);
  await executionsToComplete(ctx, counter, 3);

  expectRestart(ctx, counter, crashed, pauseMs);
  const fence = readsToBe(3, ctx, counter, counter.reads().length);
  await stays(() => eventCount(ctx, counter), 3, fence, ctx.quietMs, ctx.deadline);
  await expectChanges(ctx, counter, sensor, 3);
  expect((await ctx.client.rules.get(counter.rule.ref)).enabled).toBe(true);
});
