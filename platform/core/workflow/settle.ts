import type { Json } from '../../../contract/json';
import { taintOf, type Taint } from '../template/taint';
import { amend, isSettled, log, stateOf, taskOf, type Draft } from './draft';
import { graphOf } from './graph';
import { fireTransitions } from './transitions';
import type { Task, TaskState } from './types';

/** How a task ended; with an `error` it could not be dispatched, and nothing follows from it. */
export interface End {
  readonly status: 'completed' | 'failed' | 'timeout' | 'skipped';
  readonly result: Json;
  /** What of the result is secret. */
  readonly secrets: Taint;
  readonly error: string | null;
}

/** Ends a task, fires its transitions, and ends its parallel task with the last of the subtasks. */
export function settle(draft: Draft, name: string, end: End): void {
  amend(draft, name, end);
  const parent = graphOf(draft.definition).parentOf.get(name);
  if (parent !== undefined) {
    settleParallel(draft, taskOf(draft.definition, parent));
    return;
  }
  if (end.status !== 'skipped') draft.state = { ...draft.state, lastEnded: name };
  if (draft.state.status === 'running' && end.error === null) fireTransitions(draft, name);
}

/** A parallel task ends when all its subtasks have, and shows their result views by name. */
function settleParallel(draft: Draft, { name, subtasks }: Task): void {
  const ends = subtasks.flatMap((task): [string, TaskState][] => {
    const state = stateOf(draft.state, task.name);
    return state ? [[task.name, state]] : [];
  });
  if (!ends.every(([, state]) => isSettled(state))) return;
  const status = worst(ends.map(([, state]) => state.status));
  const ran = ends.filter(([, state]) => state.status !== 'skipped');
  log(draft, status === 'completed' ? 'STEP_COMPLETED' : 'STEP_FAILED', name, null);
  settle(draft, name, {
    status,
    result: Object.fromEntries(ran.map(([sub, { result }]) => [sub, result])),
    secrets: taintOf(ran.map(([sub, { secrets }]) => [sub, secrets])),
    error: null,
  });
}

/** Failed if any part failed, timed out if none failed but one did, else completed. */
function worst(statuses: readonly TaskState['status'][]): 'completed' | 'failed' | 'timeout' {
  if (statuses.includes('failed')) return 'failed';
  return statuses.includes('timeout') ? 'timeout' : 'completed';
}
