import type { WorkerState } from '../../../contract/workers';

export const WORKER_VERBS = ['register', 'heartbeat', 'dispatch', 'pause', 'resume', 'delete'] as const;
export type WorkerVerb = (typeof WORKER_VERBS)[number];

/** What a verb does to an external worker. `refused`: `allowed` are the verbs of its state. */
export type Transition =
  | { readonly is: 'changed'; readonly to: WorkerState }
  | { readonly is: 'unchanged' }
  | { readonly is: 'refused'; readonly allowed: readonly WorkerVerb[] };

/**
 * The state that follows a verb, by state; a verb that leads to the same state changes nothing.
 * Another verb is refused.
 */
const NEXT: Readonly<Record<WorkerState, Partial<Record<WorkerVerb, WorkerState>>>> = {
  awaiting_agent: { register: 'online', delete: 'removed' },
  online: { heartbeat: 'online', dispatch: 'online', pause: 'paused', delete: 'removed' },
  paused: { heartbeat: 'paused', resume: 'awaiting_agent', delete: 'removed' },
  offline: { heartbeat: 'online', dispatch: 'offline', delete: 'removed' },
  failed: { delete: 'removed' },
  removed: {},
};

/** The states in which a verb finds its work done: it is a repetition. */
const DONE: Readonly<Partial<Record<WorkerVerb, readonly WorkerState[]>>> = {
  register: ['online'],
  pause: ['paused'],
  resume: ['online', 'awaiting_agent'],
  delete: ['removed'],
};

/** `isFresh`: the last heartbeat is recent, so that a resumed worker need not register again. */
export function nextWorkerState(from: WorkerState, verb: WorkerVerb, isFresh: boolean): Transition {
  if (DONE[verb]?.includes(from)) return { is: 'unchanged' };
  const to = NEXT[from][verb];
  if (to === undefined) return { is: 'refused', allowed: WORKER_VERBS.filter((other) => other in NEXT[from]) };
  if (to === from) return { is: 'unchanged' };
  return { is: 'changed', to: verb === 'resume' && isFresh ? 'online' : to };
}
