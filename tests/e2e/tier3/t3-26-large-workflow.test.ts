// Spec: a workflow of a hundred tasks starts each of them once, in order, and ends with the last.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { stays } from '../../../helpers/scenario/polling';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { onSuccess, task, type Task } from '../../../helpers/scenario/resources/workflow-task';

/** Ten tasks at a time, each of which waits for the ten before it. */
const WIDTH = 10;
const LAYERS = 10;

/** The first task of this layer is still running when the others have ended. */
const SLOW_LAYER = 4;
const SLOW_MS = 4_000;

const nameOf = (layer: number, n: number): string => `s${layer}-${n}`;
const layer = (of: number): string[] => Array.from({ length: WIDTH }, (_, n) => nameOf(of, n));

/** A task that is started by the last of the layer before, and starts each of the next layer. */
const taskOf = (ctx: Context, of: number, name: string): Task => {
  const next = of + 1 < LAYERS ? [onSuccess(...layer(of + 1))] : [];
  const isSlow = name === nameOf(SLOW_LAYER, 0);
  const program = isSlow
    ? task(ctx, name, 'sleep-for', { ms: SLOW_MS }, ...next)
    : task(ctx, name, 'append-ledger', {}, ...next);
  return { ...program, ...(of > 0 && { join: WIDTH }) };
};

/** The layer of each task, in the order of their starts. */
const layersInOrder = ({ ledger }: Context): number[] =>
  [...ledger.entries(undefined, 'start')]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ key }) => Number(/-s(\d+)-\d+$/.exec(key)![1]));

const NEEDS = ['workflows.join', 'ledger.shared'];

claim('T3.26a', NEEDS, 'each of a hundred tasks runs once, after all of the layer before', async (ctx) => {
  ctx.plan(SLOW_MS);
  await ctx.pack('e2e');
  const layers = Array.from({ length: LAYERS }, (_, of) => of);
  const tasks = layers.flatMap((of) => layer(of).map((name) => taskOf(ctx, of, name)));

  const id = await startWorkflow(ctx, tasks);

  const starts = () => ctx.ledger.entries(undefined, 'start');
  const ended = executionToBe('completed', ctx.client, id);
  await stays(() => starts().length, tasks.length, ended, ctx.quietMs, ctx.deadline);
  expect(new Set(starts().map(({ key }) => key)).size).toBe(tasks.length);
  const children = await ctx.client.executions.children(id);
  expect(children.map(({ status }) => status)).toEqual(tasks.map(() => 'completed'));
  expect(children.map((child) => child.workflow_task?.task_name).sort()).toEqual(tasks.map(({ name }) => name).sort());
  const order = layersInOrder(ctx);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  const [slow] = ctx.ledger.entries(ctx.ledgerInput(nameOf(SLOW_LAYER, 0)).key, 'end');
  const late = starts().filter(({ atMs }) => atMs > slow!.atMs);
  expect(late).toHaveLength((LAYERS - SLOW_LAYER - 1) * WIDTH);
});
