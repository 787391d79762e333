// Spec: items that wait start together after a pause, and end before those that run at a cancel.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { logToEnd } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { waitForAll, waitForStatus } from '../../../helpers/scenario/resources/ended-executions';
import { itemsOf, range } from '../../../helpers/scenario/resources/list-task';
import { childStatuses, gatedTask, openGate } from '../../../helpers/scenario/resources/paused-workflows';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { waitForRuns } from '../../../helpers/scenario/time/limits';

const NEEDS = [
  'executions.pause',
  'executions.cancel',
  'executions.log',
  'workflows.with_items',
  'ledger.shared',
  'workers.slots',
];

/** The items that start between a resume and the next end of an item. */
async function startedAtResume(ctx: Context, id: number): Promise<unknown[]> {
  const log = await until(logToEnd(ctx.client, id), ctx.deadline);
  const after = log.slice(log.findIndex(({ type }) => type === 'EXECUTION_RESUMED'));
  const end = after.findIndex(({ type }) => type === 'STEP_COMPLETED');
  return after.slice(0, end).flatMap(({ type, payload }) => (type === 'STEP_STARTED' ? [payload.index] : []));
}

claim('T2.27a', NEEDS, 'a resume starts as many items at once as may run together', async (ctx) => {
  await ctx.pack('e2e');
  const list = { ...gatedTask(ctx, 'each'), with_items: range(9), concurrency: 3 };
  const id = await startWorkflow(ctx, [list]);
  await waitForRuns(ctx, { each: 3 });
  const items = await itemsOf(ctx, id);
  for (const n of [3, 8]) await ctx.client.executions.cancel(items[n]!.id); // they wait

  await ctx.client.executions.pause(id);
  openGate(ctx);
  await waitForStatus(ctx, id, 'paused');
  const held = await childStatuses(ctx, id);
  await ctx.client.executions.resume(id);
  await waitForStatus(ctx, id, 'failed');

  expect(held).toEqual([
    ...Array<string>(3).fill('each completed'),
    'each cancelled',
    ...Array<string>(4).fill('each requested'),
    'each cancelled',
  ]);
  expect(await startedAtResume(ctx, id)).toEqual([4, 5, 6]);
});

const CANCELS = ['executions.cancel', 'workflows.with_items', 'ledger.shared'];

claim('T2.27b', CANCELS, 'a cancelled workflow ends after its last running item', async (ctx) => {
  await ctx.pack('e2e');
  const { cancel, get } = ctx.client.executions;
  const id = await startWorkflow(ctx, [{ ...gatedTask(ctx, 'each'), with_items: range(5) }]);
  await waitForRuns(ctx, { each: 1 });
  const [running, ...waiting] = await itemsOf(ctx, id);

  for (const item of waiting.slice(0, 2)) await cancel(item.id);
  await cancel(id);
  await waitForAll(
    ctx,
    waiting.map((item) => item.id),
    'cancelled',
  );
  const open = [await get(id), await get(running!.id)].map(({ status }) => status);
  openGate(ctx);
  await waitForStatus(ctx, id, 'cancelled');

  expect(open).toEqual(['canceling', 'running']);
  expect(await childStatuses(ctx, id)).toEqual(['each completed', ...Array<string>(4).fill('each cancelled')]);
});
