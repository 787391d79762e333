import type { LogType } from '../../../contract/executions';
import { RETRIABLE } from '../../../contract/status';
import { pauseMs } from '../retry';
import { condition } from '../template/condition';
import { amend, budgetOf, emit, log, stateOf, taskOf, type Draft } from './draft';
import { itemEnded } from './items';
import { attempted, scopeOf } from './scope';
import { taintOfView } from './secrets';
import { settle } from './settle';
import type { ChildEnded, ItemsState, Retry, State, TaskState } from './types';
import { resultView } from './view';

/** The task that the signal is about, if this is about the current attempt of something that still runs. */
export function currentOf(state: State, { task: name, index, retry }: ChildEnded): TaskState | null {
  const task = stateOf(state, name);
  if (task?.status !== 'running') return null;
  if (task.items === null) return index === null && retry === task.retries ? task : null;
  return index !== null && isAwaited(state, task.items, index) ? task : null;
}

/** Of an item that was never released, the cancel of the workflow has already been counted. */
const isAwaited = (state: State, { next, total, early }: ItemsState, index: number): boolean =>
  index >= 0 && index < (state.status === 'canceling' ? next : total) && !early.includes(index);

/** Another attempt, or the end of the task or item. */
export function childEnded(draft: Draft, task: TaskState, end: ChildEnded): void {
  const policy = taskOf(draft.definition, end.task).retry;
  if (policy && mayRetry(draft, policy, task, end)) {
    retryChild(draft, policy, end);
    return;
  }
  const status = end.status === 'completed' || end.status === 'timeout' ? end.status : 'failed';
  log(draft, entryOf(end), end.task, end.index, status === 'completed' ? {} : { status: end.status });
  const result = resultView(end.result, end.status);
  const error = end.undispatched ? `Task '${end.task}' could not be dispatched` : null;
  if (task.items !== null && end.index !== null) {
    if (error !== null) amend(draft, end.task, { error });
    itemEnded(draft, end.task, task.items, { ...end, index: end.index });
  } else {
    settle(draft, end.task, { status, result, secrets: taintOfView(end.result, end.secrets ?? null), error });
  }
}

const entryOf = ({ status }: ChildEnded): LogType =>
  status === 'completed' ? 'STEP_COMPLETED' : status === 'cancelled' ? 'STEP_CANCELLED' : 'STEP_FAILED';

function mayRetry(draft: Draft, policy: Retry, { items }: TaskState, end: ChildEnded): boolean {
  if (draft.state.status !== 'running' || end.undispatched || !RETRIABLE.includes(end.status)) return false;
  if (end.retry >= policy.count) return false;
  if (items !== null && end.index !== null && end.index >= items.next) return false;
  return isWorthwhile(draft, policy, end);
}

/** `on_error` may refuse another attempt; one that cannot be evaluated does not. */
function isWorthwhile(draft: Draft, { onError }: Retry, end: ChildEnded): boolean {
  if (onError === null) return true;
  const outcome = end.status === 'timeout' ? 'timed_out' : 'failed';
  const secrets = taintOfView(end.result, end.secrets ?? null);
  const scope = scopeOf(draft, resultView(end.result, end.status), secrets, outcome);
  const answer = attempted(() => condition(onError, scope, budgetOf(draft)));
  if ('value' in answer) return answer.value;
  log(draft, 'WARNING', end.task, end.index, { on_error: onError, error: answer.fault.message });
  return true;
}

/** An item that is tried again keeps its place among those released. */
function retryChild(draft: Draft, policy: Retry, { task, index, retry: previous, status }: ChildEnded): void {
  const retry = previous + 1;
  const reason = status === 'timeout' ? 'timeout' : 'failed';
  const delay = pauseMs(policy, retry, `${draft.now} ${task} ${index ?? ''}`);
  if (index === null) amend(draft, task, { retries: retry });
  log(draft, 'STEP_RETRIED', task, index, { retry, reason, delay_ms: delay });
  emit(draft, { type: 'retry-child', task, index, retry, reason, notBefore: draft.now + delay });
}
