import type { ExecutionSummary } from '../../../contract/executions';
import type { Client } from '../../client/client';

/** A descendant of an execution, found through the `parent` filter alone. */
export interface DescendantNode {
  execution: ExecutionSummary;
  depth: number;
}

/** All descendants of an execution: parents before their children, siblings oldest first. */
export async function descendants(client: Client, root: number, depth = 1): Promise<DescendantNode[]> {
  const nodes: DescendantNode[] = [];
  for (const execution of await client.executions.children(root)) {
    nodes.push({ execution, depth }, ...(await descendants(client, execution.id, depth + 1)));
  }
  return nodes;
}

/** The name of the task that an execution was started for. */
export const taskName = (execution: Pick<ExecutionSummary, 'workflow_task'>): string =>
  execution.workflow_task?.task_name ?? 'no task';

/** The one child started for a task. Throws unless there is exactly one. */
export function onlyChildOfTask(task: string, children: readonly ExecutionSummary[]): ExecutionSummary {
  const matching = children.filter((child) => taskName(child) === task);
  if (matching.length !== 1) throw new Error(`task ${task} has ${matching.length} executions instead of 1`);
  return matching[0]!;
}

/** `{ A: 'completed', B: 'failed' }`. Throws if a task has more than one execution. */
export const statusByTask = (children: readonly ExecutionSummary[]): Record<string, string> =>
  Object.fromEntries(children.map((child) => [taskName(child), onlyChildOfTask(taskName(child), children).status]));
