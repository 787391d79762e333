import type { Scope, TaskOutcome } from '../expressions/evaluator/scope';
import { transitionsOf } from './legacy';
import type { ChildRun, TaskRun, Trigger, WorkflowRun } from './state';

/**
 * The names of a workflow; a result is that of the last round that has ended. `more`: those of an
 * item.
 */
export function scopeOf(run: WorkflowRun, { result, outcome }: Pick<Trigger, 'result' | 'outcome'>, more = {}): Scope {
  const ended = [...run.earlier, ...run.tasks.values()].filter(
    ({ status }) => status !== 'running' && status !== 'skipped',
  );
  const task = Object.fromEntries(ended.map(({ task: { name }, view }) => [name, { result: view, ...view }]));
  const { parameters, variables } = run;
  const names = {
    ...variables,
    parameters,
    task,
    tasks: task,
    workflow: variables,
    vars: variables,
    variables,
    ...more,
  };
  return { names, result, outcome };
}

/** A failure counts more than a limit, and a limit more than an expired inquiry. */
export function statusOf(children: readonly ChildRun[]): Exclude<TaskRun['status'], 'running' | 'skipped'> {
  const others = children.filter((child) => !isOverLimit(child)).map(({ status }) => status);
  if (others.some((status) => status !== 'completed' && status !== 'timeout')) return 'failed';
  if (others.length < children.length) return 'over limit';
  return others.includes('timeout') ? 'timeout' : 'succeeded';
}

const isOverLimit = ({ isOverLimit: isOver, taskRun: { run } }: ChildRun): boolean =>
  isOver && run.world.modelCase.areLimitsTimeouts;

/** A task over its limit has failed, too, if none of its transitions is for timeouts. */
export function outcomeOf({ status, task }: Pick<TaskRun, 'status' | 'task'>): TaskOutcome {
  const isOver = status === 'over limit';
  const isHandled = transitionsOf(task).some(({ when = '' }) => when.includes('timed_out()'));
  return {
    succeeded: status === 'succeeded',
    failed: status === 'failed' || (isOver && !isHandled),
    timedOut: status === 'timeout' || isOver,
  };
}
