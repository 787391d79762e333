import { ModelError } from './model-error';
import type { WorkflowRun } from './state';
import { targetsOf } from './workflows';

/*
 * A transition to a task that led to its own starts that task, and everything that it can lead to,
 * as if they had not run. What else the contract says of loops is not predicted.
 */

/** How often a task has started. */
export const roundOf = (run: WorkflowRun, name: string): number =>
  run.earlier.filter(({ task }) => task.name === name).length + (run.tasks.has(name) ? 1 : 0);

/** Whether a task is among those that led to another one, or is that one itself. */
export function leadsBack(run: WorkflowRun, from: string | null, target: string): boolean {
  const seen = new Set<string>();
  for (let name = from; name !== null && !seen.has(name); name = run.tasks.get(name)?.triggeredBy ?? null) {
    if (name === target) return true;
    seen.add(name);
  }
  return false;
}

/** Throws ModelError where what runs elsewhere decides. */
export function startRound(run: WorkflowRun, target: string): void {
  const head = run.workflow.tasks.find(({ name }) => name === target);
  if ((head?.join ?? 1) > 1) throw new ModelError(`a loop leads back to a join: ${target}`);
  const names = reachableFrom(run, target);
  for (const name of names) {
    const taskRun = run.tasks.get(name);
    if (taskRun?.status === 'running' || isStarting(run, name))
      throw new ModelError(`a round starts while the one before runs: ${name}`);
    const others = run.workflow.tasks.filter((other) => !names.has(other.name) && targetsOf(other).includes(name));
    if (name !== target && others.length > 0) throw new ModelError(`a loop leads to what others lead to: ${name}`);
    if (taskRun) run.earlier.push(taskRun);
    run.tasks.delete(name);
    run.arrivals.delete(name);
  }
}

const isStarting = (run: WorkflowRun, name: string): boolean =>
  run.world.signals.some((signal) => signal.is === 'task started' && signal.run === run && signal.task.name === name);

function reachableFrom(run: WorkflowRun, target: string): Set<string> {
  const names = new Set([target]);
  for (const name of names) {
    const task = run.workflow.tasks.find((each) => each.name === name);
    if (task) targetsOf(task).forEach((next) => names.add(next));
  }
  return names;
}
