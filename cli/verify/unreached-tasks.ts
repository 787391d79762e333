import type { ExecutionSummary } from '../../contract/executions';
import { planOrder } from '../../platform/core/workflow/graph';
import type { WorkflowDefinition } from '../../platform/core/workflow/definition';

/** The names of a workflow's tasks. */
export interface WorkflowTasks {
  readonly all: readonly string[];
  /** Those that a run can come to, by the transitions of the definition. */
  readonly reachable: readonly string[];
}

export const tasksOf = (definition: WorkflowDefinition): WorkflowTasks => ({
  all: [...definition.tasks.keys()],
  reachable: planOrder(definition),
});

/**
 * Why a run says less of its workflow than it seems: no task ran, or no run can come to a task.
 * That a run did not take one of several branches is no such reason. `children`: of the run.
 */
export function unreachedTasks({ all, reachable }: WorkflowTasks, children: readonly ExecutionSummary[]): string[] {
  const ran = new Set(children.map(({ workflow_task: task }) => task?.task_name));
  const unreachable = all.filter((name) => !ran.has(name) && !reachable.includes(name));
  return [
    ...(children.length === 0 ? ['no task of the workflow ran'] : []),
    ...(unreachable.length === 0 ? [] : [`no transition leads to ${unreachable.join(', ')}`]),
  ];
}
