// Spec: a with_items task runs as many items in parallel as allowed and keeps their order.
import { writeFileSync } from 'node:fs';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { expectConcurrent, expectOrder } from '../../../helpers/scenario/expectations';
import { durationMs, ledgerInterval, recordedInterval } from '../../../helpers/scenario/intervals';
import { until } from '../../../helpers/scenario/polling';
import { waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import {
  indexesOf,
  itemResults,
  itemsOf,
  range,
  rendezvousItems,
  rendezvousTask,
  startEach,
} from '../../../helpers/scenario/resources/list-task';
import { runsOf } from '../../../helpers/scenario/resources/workflow-runs';
import { task } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['workflows.with_items', 'executions.intervals', 'ledger.shared'];

/** Claims whose processes wait for each other also take a lock of the whole run. */
const RENDEZVOUS = [...NEEDS, 'workers.slots'];

/** Exactly so many items completed, in the order of their indexes, and ran so many at a time. */
const expectItems = async (ctx: Context, id: number, count: number, concurrency: number) => {
  const children = await itemsOf(ctx, id);
  expect(indexesOf(children)).toEqual(range(count));
  expect(children.map((child) => child.status)).toEqual(Array(count).fill('completed'));
  expectConcurrent(ctx, children, concurrency);
  expect(runsOf(ctx, 'each')).toBe(count);
  return children;
};

claim('T2.10a', RENDEZVOUS, 'five items with concurrency 5 run at the same time', async (ctx) => {
  await ctx.pack('e2e');
  const items = rendezvousItems(ctx, 5, () => [5, 100]);
  const id = await startEach(ctx, 5, items, rendezvousTask(ctx));

  const { result } = await waitForStatus(ctx, id);

  await expectItems(ctx, id, 5, 5);
  expect(result).toMatchObject(itemResults(items));
});

claim('T2.10b', RENDEZVOUS, 'ten items with concurrency 3 run three at a time, never four', async (ctx) => {
  await ctx.pack('e2e');
  const items = rendezvousItems(ctx, 10, (n) => [n < 3 ? 3 : 1, 150]);
  const id = await startEach(ctx, 3, items, rendezvousTask(ctx));

  const { result } = await waitForStatus(ctx, id);

  await expectItems(ctx, id, 10, 3);
  expect(result).toMatchObject(itemResults(items));
});

/** Waits until so many items have completed. */
const waitForItems = (ctx: Context, id: number, count: number) => {
  const isCompleted = ({ status }: { status: string }) => status === 'completed';
  const haveEnded = async () => (await itemsOf(ctx, id)).filter(isCompleted).length === count;
  return until(predicateToHold('the items of `each` to end', haveEnded), ctx.deadline);
};

claim('T2.10c', NEEDS, 'concurrency 1 runs items serially in input order', async (ctx) => {
  await ctx.pack('e2e');
  const gate = `${ctx.ledger.path}.gate`;
  const waiting = task(ctx, 'other', 'exit-by-attempt', { exits: 'gate0', gate });
  const other = { ...waiting, with_items: '{{ [0, 1] }}' }; // no limit
  const id = await startEach(ctx, 1, [{}, {}, {}], task(ctx, 'each', 'sleep-for', { ms: 200 }), [other]);

  await waitForItems(ctx, id, 3);
  writeFileSync(gate, '');
  await waitForStatus(ctx, id);

  expectConcurrent(ctx, await itemsOf(ctx, id, 'other'), 1);
  const children = await expectItems(ctx, id, 3, 1);
  expectOrder(ctx, children);
  const sleptMs = children.map((child) => durationMs(ledgerInterval(child, ctx.ledger)));
  expect(sleptMs.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(600);
});

claim('T2.10d', RENDEZVOUS, 'twenty items with concurrency 10 run once, with results in order', async (ctx) => {
  await ctx.pack('e2e');
  const items = rendezvousItems(ctx, 20, (n) => [n < 10 ? 10 : 1, 250 - 10 * n]);
  const id = await startEach(ctx, 10, items, rendezvousTask(ctx));

  const { result } = await waitForStatus(ctx, id);

  const children = await expectItems(ctx, id, 20, 10);
  const byFinishTime = children.sort((a, b) => recordedInterval(a).finish - recordedInterval(b).finish);
  expect(indexesOf(byFinishTime)).not.toEqual(range(20));
  expect(result).toMatchObject(itemResults(items));
});
