import type { WorkerState } from '../../../contract/workers';

export const WORKER_VERBS = [
  ...(['register', 'heartbeat', 'dispatch', 'pause', 'resume', 'hibernate', 'wake', 'delete'] as const),
] as const;
export type WorkerVerb = (typeof WORKER_VERBS)[number];
export type WorkerKind = 'managed' | 'external';

/** What a verb does to a worker of a tenant. `refused`: `allowed` are the verbs of its state. */
export type Transition =
  | { readonly is: 'changed'; readonly to: WorkerState }
  | { readonly is: 'unchanged' }
  | { readonly is: 'refused'; readonly allowed: readonly WorkerVerb[] };

type Transitions = Partial<Record<WorkerVerb, WorkerState>>;

/**
 * The state that follows a verb, by kind and state; a verb that leads to the same state changes
 * nothing. Another verb is refused. The process of a managed worker registers and sends heartbeats
 * as every one of the platform, without a verb.
 */
const NEXT: Readonly<Record<WorkerKind, Readonly<Record<WorkerState, Transitions>>>> = {
  external: {
    provisioning: {},
    awaiting_agent: { register: 'online', delete: 'removed' },
    online: { heartbeat: 'online', dispatch: 'online', pause: 'paused', delete: 'removed' },
    paused: { heartbeat: 'paused', resume: 'awaiting_agent', delete: 'removed' },
    hibernated: {},
    offline: { heartbeat: 'online', dispatch: 'offline', delete: 'removed' },
    failed: { delete: 'removed' },
    removed: {},
  },
  managed: {
    provisioning: { dispatch: 'provisioning', delete: 'removed' },
    awaiting_agent: {},
    online: { dispatch: 'online', pause: 'paused', hibernate: 'hibernated', delete: 'removed' },
    paused: { resume: 'provisioning', delete: 'removed' },
    hibernated: { dispatch: 'provisioning', wake: 'provisioning', delete: 'removed' },
    offline: { dispatch: 'offline', delete: 'removed' },
    failed: { wake: 'provisioning', delete: 'removed' },
    removed: {},
  },
};

/** The states in which a verb finds its work done: it is a repetition. */
const DONE: Readonly<Record<WorkerKind, Partial<Record<WorkerVerb, readonly WorkerState[]>>>> = {
  external: {
    register: ['online'],
    pause: ['paused'],
    resume: ['online', 'awaiting_agent'],
    delete: ['removed'],
  },
  managed: {
    pause: ['paused'],
    resume: ['online', 'provisioning'],
    hibernate: ['hibernated'],
    wake: ['online', 'provisioning'],
    delete: ['removed'],
  },
};

interface WorkerBefore {
  readonly kind: WorkerKind;
  readonly state: WorkerState;
  /** The last heartbeat is recent, so that a resumed external worker need not register again. */
  readonly isFresh: boolean;
}

export function nextWorkerState({ kind, state: from, isFresh }: WorkerBefore, verb: WorkerVerb): Transition {
  const next = NEXT[kind][from];
  if (DONE[kind][verb]?.includes(from)) return { is: 'unchanged' };
  const to = next[verb];
  if (to === undefined) return { is: 'refused', allowed: WORKER_VERBS.filter((other) => other in next) };
  if (to === from) return { is: 'unchanged' };
  return { is: 'changed', to: to === 'awaiting_agent' && isFresh ? 'online' : to };
}
