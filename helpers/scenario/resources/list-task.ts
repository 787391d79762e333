import type { ExecutionSummary } from '../../../contract/executions';
import type { Context } from '../context';
import { taskName } from './child-executions';
import { startWorkflow } from './workflow-runs';
import { task, type Parameters, type Task } from './workflow-task';

/**
 * Starts a workflow with one task over `items`, named `each` in the ledger; its result has the
 * item results in order.
 */
export const startEach = (
  ctx: Context,
  concurrency: number,
  items: Parameters[],
  each: Task,
  more: Task[] = [],
): Promise<number> => {
  const tasks = [{ ...each, with_items: '{{ parameters.items }}', concurrency }, ...more];
  const results = { output_map: { items: '{{ task.each.items }}' } };
  return startWorkflow(ctx, tasks, results, { parameters: { items } });
};

/**
 * A task whose processes wait for each other in one directory, hold, and return their item's name.
 */
export const rendezvousTask = (ctx: Context): Task =>
  task(ctx, 'each', 'wait-for-peers', {
    room: `${ctx.ledger.path}.room`,
    item: '{{ item.name }}',
    n: '{{ item.n }}',
    hold_ms: '{{ item.hold_ms }}',
  });

/**
 * Items of that task: item `n`, 0 the first, waits for so many processes, and holds for so many
 * ms.
 */
export const rendezvousItems = (
  { nonce }: Context,
  count: number,
  partsOf: (n: number) => [members: number, ms: number],
) =>
  range(count).map((index) => {
    const [n, hold_ms] = partsOf(index);
    return { name: `${nonce}-${index}`, n, hold_ms };
  });

/** The result of a workflow that `startEach` started with these items. */
export const itemResults = (items: readonly { name: string }[]) => ({
  items: items.map(({ name }) => ({ data: { item: name } })),
});

const indexOf = ({ workflow_task: of }: ExecutionSummary): number => of?.task_index ?? -1;

/** The executions of the items of a with_items task, in the order of their items. */
export async function itemsOf(ctx: Context, root: number, name = 'each'): Promise<ExecutionSummary[]> {
  const children = await ctx.client.executions.children(root);
  return children.filter((child) => taskName(child) === name).sort((a, b) => indexOf(a) - indexOf(b));
}

/** The index of the item of each execution. */
export const indexesOf = (children: readonly ExecutionSummary[]): number[] => children.map(indexOf);

/** `[0, 1, … n - 1]`. */
export const range = (n: number): number[] => [...Array(n).keys()];
