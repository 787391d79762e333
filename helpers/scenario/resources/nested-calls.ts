import type { Context } from '../context';
import { runCounts } from './workflow-runs';
import { onSuccess, task, type Task, type WorkflowParts } from './workflow-task';

/**
 * Starts root → mid1 → mid2 → leaf. On each level, a task `after-…` runs if the call succeeds, and
 * also after a failure with `always`.
 */
export async function startNestedCalls(
  ctx: Context,
  leaf: Task,
  parts: WorkflowParts = {},
  always = false,
): Promise<number> {
  const level = (call: Task, name: string) => {
    const after = task(ctx, `after-${call.name}`, 'append-ledger');
    const next = [always ? { do: [after.name] } : onSuccess(after.name)];
    return ctx.workflow([{ ...call, next }, after], { ...parts, name });
  };
  const mid2 = await level(leaf, 'mid2');
  const mid1 = await level({ name: 'mid2', action: mid2.ref }, 'mid1');
  const root = await level({ name: 'mid1', action: mid1.ref }, 'root');
  return (await ctx.client.executions.execute({ action_ref: root.ref })).id;
}

const LATER_TASKS = ['after-leaf', 'after-mid2', 'after-mid1'];

/** The runs of the tasks after the calls, by name. */
export const runsOfLaterTasks = (ctx: Context): Record<string, number> => runCounts(ctx, ...LATER_TASKS);
export const NO_LATER_TASKS = Object.fromEntries(LATER_TASKS.map((name) => [name, 0]));
