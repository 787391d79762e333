import type { ExecutionSummary } from '../../../contract/executions';
import type { Context } from '../context';
import { onlyChildOfTask, statusByTask } from './child-executions';

/** The one child that a workflow started for each task, in the order of the names. */
export async function childrenByTask(
  ctx: Context,
  root: number,
  ...tasks: readonly string[]
): Promise<ExecutionSummary[]> {
  const children = await ctx.client.executions.children(root);
  return tasks.map((name) => onlyChildOfTask(name, children));
}

/** The workflow has started these tasks, once each, and no other; they have these statuses. */
export async function expectTasks(
  ctx: Context,
  root: number,
  statuses: Readonly<Record<string, string>>,
): Promise<void> {
  expect(statusByTask(await ctx.client.executions.children(root))).toEqual(statuses);
}

/** The workflow failed, and its error names these tasks and no other, in any order. */
export async function expectFailedBy(ctx: Context, root: number, ...tasks: readonly string[]): Promise<void> {
  const { status, result } = await ctx.client.executions.get(root);
  const { succeeded, error } = result as { succeeded: unknown; error: unknown };
  const message = new RegExp(`^Workflow failed: ${tasks.length} task\\(s\\) failed: (.+)$`);
  const [, failed = ''] = message.exec(String(error)) ?? [];
  expect([status, succeeded, failed.split(', ').sort()]).toEqual(['failed', false, [...tasks].sort()]);
}
