import type { JsonObject } from '../../../contract/json';
import { render } from '../template/render';
import { emit, stateOf, type Draft } from './draft';
import { graphOf } from './graph';
import { skipWaiting } from './join';
import { attempted, scopeAfter } from './scope';
import type { State, TaskState } from './types';
import { plain } from './view';

/** Ends the workflow once nothing runs. */
export function finishWhenDrained(draft: Draft): void {
  if (Object.values(draft.tasks).some(({ status }) => status === 'running')) return;
  if (draft.state.status === 'canceling') {
    finish(draft, 'cancelled', { error: 'Workflow cancelled', succeeded: false });
    return;
  }
  skipWaiting(draft);
  const failed = unhandled(draft);
  if (failed.length === 0) finish(draft, 'completed', output(draft));
  else finish(draft, 'failed', { error: failure(failed), succeeded: false });
}

/** Writes the end: the last effect of a workflow. */
export function finish(draft: Draft, status: 'completed' | 'failed' | 'cancelled', result: JsonObject): void {
  draft.state = { ...draft.state, status };
  emit(draft, { type: 'finish', status, result });
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

/** The output map rendered; an entry that cannot be is left out. */
function output(draft: Draft): JsonObject {
  const scope = scopeAfter(draft.state, draft.state.lastEnded);
  const rendered = Object.entries(draft.definition.outputMap ?? {}).flatMap(([name, value]) => {
    const answer = attempted(() => render(value, scope));
    if ('value' in answer) return [[name, plain(answer.value)] as const];
    emit(draft, { type: 'log', entry: 'WARNING', payload: { output: name, error: answer.fault.message } });
    return [];
  });
  return { succeeded: true, ...Object.fromEntries(rendered) };
}
