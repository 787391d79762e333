import type { Json, JsonObject } from '../../../contract/json';
import { taintOf, type Taint } from '../template/taint';
import { budgetOf, emit, stateOf, type Draft } from './draft';
import { graphOf } from './graph';
import { skipWaiting } from './join';
import { attempted, scopeAfter } from './scope';
import type { State, TaskState } from './types';
import { storable } from './variables';

/** Ends the workflow once nothing runs. */
export function finishWhenDrained(draft: Draft): void {
  if (Object.values(draft.tasks).some(({ status }) => status === 'running')) return;
  if (draft.state.status === 'canceling') {
    finishStopped(draft);
    return;
  }
  skipWaiting(draft);
  const failed = unhandled(draft);
  if (failed.length === 0) complete(draft);
  else finish(draft, 'failed', { error: failure(failed), succeeded: false });
}

/** What was asked for first, the cancel or the limit, says how it ends. */
function finishStopped(draft: Draft): void {
  const { timedOutAfter: seconds } = draft.state;
  if (seconds === undefined) finish(draft, 'cancelled', { error: 'Workflow cancelled', succeeded: false });
  else finish(draft, 'failed', overLimit(seconds), { timedOut: true });
}

const overLimit = (seconds: number): JsonObject => ({
  error: `Execution timed out after ${seconds} seconds`,
  succeeded: false,
  timed_out: true,
  timeout_seconds: seconds,
  timeout_level: 'workflow',
});

/** Writes the end: the last effect of a workflow. */
export function finish(
  draft: Draft,
  status: 'completed' | 'failed' | 'cancelled',
  result: JsonObject,
  more: { readonly secrets?: Taint; readonly timedOut?: true } = {},
): void {
  draft.state = { ...draft.state, status };
  emit(draft, { type: 'finish', status, result, ...more });
}

const failure = (names: readonly string[]) => `Workflow failed: ${names.length} task(s) failed: ${names.join(', ')}`;

/** Failed tasks, in order of the file, none of whose fired transitions led to a task that ran. */
function unhandled({ definition, state }: Draft): string[] {
  const failed = ({ status }: TaskState) => status === 'failed' || status === 'timeout';
  return graphOf(definition).own.flatMap(({ name }) => {
    const task = stateOf(state, name);
    return task && failed(task) && !task.handlers.some((target) => ran(state, target)) ? [name] : [];
  });
}

/** A task that was skipped, or could not be dispatched, did not run. */
function ran(state: State, name: string): boolean {
  const task = stateOf(state, name);
  return task !== undefined && task.status !== 'pending' && task.status !== 'skipped' && task.error === null;
}

/** Ends with the output map rendered; an entry that cannot be is left out. */
function complete(draft: Draft): void {
  const scope = scopeAfter(draft, draft.state.lastEnded);
  const rendered = Object.entries(draft.definition.outputMap ?? {}).flatMap(([name, value]) => {
    const answer = attempted(() => storable(value, scope, budgetOf(draft)));
    if ('value' in answer) return [[name, answer.value] as const];
    emit(draft, { type: 'log', entry: 'WARNING', payload: { output: name, error: answer.fault.message } });
    return [];
  });
  const shown = rendered.map(([name, { value }]): [string, Json] => [name, value]);
  const secrets = taintOf(rendered.map(([name, { taint }]) => [name, taint]));
  finish(draft, 'completed', { succeeded: true, ...Object.fromEntries(shown) }, secrets === null ? {} : { secrets });
}
