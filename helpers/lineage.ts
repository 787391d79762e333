import type { ExecutionSummary } from '../contract/executions';
import type { Client } from './client/client';

/** An execution's place among the others, by the parent filter alone: every page is read. */
export interface LineageNode {
  execution: ExecutionSummary;
  depth: number;
}

/** All below an execution, it not included: parents before their children, siblings oldest first. */
export async function descendants(client: Client, root: number, depth = 1): Promise<LineageNode[]> {
  const nodes: LineageNode[] = [];
  for (const execution of await client.executions.children(root)) {
    nodes.push({ execution, depth }, ...(await descendants(client, execution.id, depth + 1)));
  }
  return nodes;
}

/** `t1 of 41`: the task an execution was started for. */
export const taskOf = (execution: ExecutionSummary): string => execution.workflow_task?.task_name ?? 'not a task';

/** The one child started for a task. Throws where there is none, or more than one. */
export function only(task: string, children: readonly ExecutionSummary[]): ExecutionSummary {
  const own = children.filter((child) => taskOf(child) === task);
  if (own.length !== 1) throw new Error(`${own.length} executions of task ${task}, not 1`);
  return own[0]!;
}

/** `{ A: 'completed', B: 'failed' }`. Throws where a task has more than one execution. */
export const statusByTask = (children: readonly ExecutionSummary[]): Record<string, string> =>
  Object.fromEntries(children.map((child) => [taskOf(child), only(taskOf(child), children).status]));
