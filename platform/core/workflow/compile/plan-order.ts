import type { WorkflowDefinition } from '../definition';
import { graphOf } from '../graph';

/** Breadth first from the tasks that start first; subtasks follow their parallel task. */
export function planOrder(definition: WorkflowDefinition): string[] {
  const order = new Set(graphOf(definition).entryTasks.map(({ name }) => name));
  for (const name of order) {
    const task = definition.tasks.get(name);
    task?.subtasks.forEach((subtask) => order.add(subtask.name));
    task?.next.forEach(({ targets }) => targets.forEach((target) => order.add(target)));
  }
  return [...order];
}
