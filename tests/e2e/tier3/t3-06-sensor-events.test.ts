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
import { expectWithin } from '../../../helpers/scenario/upper-bound';

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
  expect(await changesOf(ctx, counter)).toEqual(changesTo(last).map((payload) => ({ payload, source: sensor })));
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

claim.concurrent('T3.6b', NEEDS, 'a sensor runs only while an enabled rule needs it', async (ctx) => {
  const sensor = await uploadSensor(ctx);
  const [counter, other] = [await createCounter(ctx, 'counter'), await createCounter(ctx, 'other')];
  const { rules } = ctx.client;
  await until(readsToBe(1, ctx, other), ctx.deadline);

  await rules.disable(other.rule.ref);
  await until(readsToStop(ctx, other), ctx.deadline);
  [counter, other].forEach((each) => each.set(1));
  await executionsToComplete(ctx, counter, 1);
  await rules.disable(counter.rule.ref);
  await until(readsToStop(ctx, counter), ctx.deadline);
  [counter, other].forEach((each) => each.set(2));
  await uploadSensor(ctx); // another sensor, whose events are the fence
  const neighbour = await createCounter(ctx, 'neighbour');
  neighbour.set(1);
  await executionsToComplete(ctx, neighbour, 1);
  const counts = () => Promise.all([counter, other].map((each) => eventCount(ctx, each)));
  const state = async () => ({ events: await counts(), reads: counter.reads().length });
  const fence = readsToBe(3, ctx, neighbour, neighbour.reads().length);
  await stays(state, { events: [1, 0], reads: counter.reads().length }, fence, ctx.quietMs, ctx.deadline);
  expect(await ctx.client.enforcements.list({ rule_ref: counter.rule.ref })).toHaveLength(1);

  await rules.enable(counter.rule.ref);
  await executionsToComplete(ctx, counter, 2); // it continues from what it had posted
  counter.set(3);
  await executionsToComplete(ctx, counter, 3);
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

  const reads = counter.reads();
  const restarted = reads.find(({ process }) => process !== crashed)!;
  expect(reads.filter(({ process }) => process !== crashed && process !== restarted.process)).toEqual([]);
  const crashedAt = Math.max(...reads.filter(({ process }) => process === crashed).map(({ atMs }) => atMs));
  const measured = restarted.atMs - crashedAt;
  expect(measured).toBeGreaterThanOrEqual(pauseMs);
  expectWithin(ctx.slackMs('run'), { what: 'the restart', measured, nominal: pauseMs + SECOND_MS, margin: pauseMs });
  const fence = readsToBe(3, ctx, counter, reads.length);
  await stays(() => eventCount(ctx, counter), 3, fence, ctx.quietMs, ctx.deadline);
  await expectChanges(ctx, counter, sensor, 3);
  expect((await ctx.client.rules.get(counter.rule.ref)).enabled).toBe(true);
});
