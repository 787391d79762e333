import type { LogType } from '../../../contract/executions';
import { RETRIABLE } from '../../../contract/status';
import { jitteredDelayMs } from './retry-delay';
import { evaluateCondition } from '../template/condition';
import { tryEvaluate } from '../template/try-evaluate';
import { completeTask } from './advance';
import type { RetryPolicy } from './definition';
import { countItem } from './items';
import { resultView, resultViewTaint } from './result-view';
import { createScope, outcomeAfter } from './scope';
import { statusAfter } from './task-status';
import {
  addEffect,
  addLogEntry,
  newBudget,
  taskDefinitionOf,
  taskStateOf,
  updateTask,
  type StepContext,
} from './step-context';
import {
  isHeld,
  type ChildEnded,
  type ItemsState,
  type TaskOutcome,
  type TaskState,
  type WorkflowState,
} from './types';

/** The task of a child, if the child is the current attempt of a task or item that still runs. */
export function findAwaitingTask(state: WorkflowState, child: ChildEnded): TaskState | null {
  const { task: name, index, retry } = child;
  const task = taskStateOf(state, name);
  if (task?.status !== 'running' || child.round !== (task.round ?? 1)) return null;
  if (task.items === null) return index === null && retry === task.retries ? task : null;
  return index !== null && isItemAwaited(state, task.items, index) ? task : null;
}

/** When the workflow is being cancelled, its unreleased items have been counted already. */
const isItemAwaited = (state: WorkflowState, { next, total, early }: ItemsState, index: number): boolean =>
  index >= 0 && index < (state.status === 'canceling' ? next : total) && !early.includes(index);

/** Retries the child, or ends its task or item. */
export function handleChildEnded(context: StepContext, task: TaskState, child: ChildEnded): void {
  const policy = taskDefinitionOf(context.definition, child.task).retry;
  if (policy && canRetry(context, policy, task, child)) retryChild(context, policy, child);
  else endChild(context, task, child);
}

function endChild(context: StepContext, { items }: TaskState, child: ChildEnded): void {
  const { task, index, status, undispatched } = child;
  const error = undispatched ? `Task '${task}' could not be dispatched` : null;
  addLogEntry(context, logTypeOf(child), task, index, statusAfter(child) === 'completed' ? {} : { status });
  if (items === null || index === null) {
    completeTask(context, task, outcomeOf(child, error));
    return;
  }
  if (error !== null) updateTask(context, task, { error });
  const outcome = countItem(context, task, items, { ...child, index });
  if (outcome !== null) completeTask(context, task, outcome);
}

const outcomeOf = (child: ChildEnded, error: string | null): TaskOutcome => ({
  status: statusAfter(child),
  result: resultView(child.result, child.status),
  secrets: resultViewTaint(child.result, child.secrets ?? null),
  error,
});

const logTypeOf = ({ status }: ChildEnded): LogType =>
  status === 'completed' ? 'STEP_COMPLETED' : status === 'cancelled' ? 'STEP_CANCELLED' : 'STEP_FAILED';

function canRetry(context: StepContext, policy: RetryPolicy, { items }: TaskState, child: ChildEnded): boolean {
  if (context.state.status !== 'running' || child.undispatched || !RETRIABLE.includes(child.status)) return false;
  if (child.retry >= policy.count) return false;
  if (items !== null && child.index !== null && child.index >= items.next) return false;
  return isRetryAllowed(context, policy, child);
}

/** `on_error` can end the attempts; one that cannot be evaluated does not. */
function isRetryAllowed(context: StepContext, { onError }: RetryPolicy, child: ChildEnded): boolean {
  if (onError === null) return true;
  const { result, secrets } = outcomeOf(child, null);
  const scope = createScope(context, result, secrets, outcomeAfter(context, child.task, statusAfter(child)));
  const evaluated = tryEvaluate(() => evaluateCondition(onError, scope, newBudget(context)));
  if ('value' in evaluated) return evaluated.value;
  addLogEntry(context, 'WARNING', child.task, child.index, { on_error: onError, error: evaluated.error.message });
  return true;
}

/** A retried item stays released: it still counts against the concurrency. */
function retryChild(context: StepContext, policy: RetryPolicy, child: ChildEnded): void {
  const { task, index, round } = child;
  const retry = child.retry + 1;
  const reason = child.status === 'timeout' ? 'timeout' : 'failed';
  const delay = jitteredDelayMs(policy, retry, `${context.now} ${task} ${index ?? ''}`);
  if (index === null) updateTask(context, task, { retries: retry });
  addLogEntry(context, 'STEP_RETRIED', task, index, { retry, reason, delay_ms: delay });
  const released = !isHeld(context.state);
  addEffect(context, {
    type: 'retry-child',
    task,
    index,
    round,
    retry,
    reason,
    notBefore: context.now + delay,
    released,
  });
}
