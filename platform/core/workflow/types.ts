import type { Json, JsonObject } from '../../../contract/json';
import type { LogType } from '../../../contract/executions';
import type { Status } from '../../../contract/status';
import type { Taint } from '../secrets/taint';
import type { CancellationPolicy, RunLimit } from './definition';

/**
 * `pending` waits for its join; `timeout` follows an inquiry that expired, `over_limit` a child
 * that its own limit ended. A task that no transition named has no state.
 */
export type TaskStatus = 'pending' | 'running' | TaskOutcome['status'];

/** The state of a with-items task is counters; its items are rows of the shell. */
export interface ItemsState {
  readonly total: number;
  /** Items are released in order of index: the next one to release, `total` when all are. */
  readonly next: number;
  readonly ended: number;
  readonly failed: number;
  readonly timedOut: number;
  /** Items that their own limit ended; absent: none. */
  readonly overLimit?: number;
  /**
   * Indices that ended before their release (a waiting item cancelled on its own): they are never
   * released.
   */
  readonly early: readonly number[];
  /** Result view of the item that ended last. */
  readonly lastResult: Json;
  readonly lastSecrets: Taint;
}

/** By the name of each loop that led to a task: which round of it, 1 the first. */
export type Rounds = Readonly<Record<string, number>>;

/** How a task ended: what `result()` and the outcome functions see of it. */
export type EndedTask = Pick<TaskState, 'status' | 'result' | 'secrets'>;

/** A predecessor, and the rounds in which it led here; a name alone: no loop did. */
export type StoredTransition = string | { readonly from: string; readonly rounds: Rounds; readonly ended?: EndedTask };

export interface TaskState {
  readonly status: TaskStatus;
  /** How often it has started; absent: at most once. */
  readonly round?: number;
  /** Of the loops that led to its last start; absent: none did. */
  readonly rounds?: Rounds;
  /**
   * Predecessors whose transitions named this task since, in order of firing, each once for a
   * round of its loops. Those of the last start stay until another arrives.
   */
  readonly arrivals: readonly StoredTransition[];
  /** The predecessor that made it ready; null for entry tasks and while pending. */
  readonly triggeredBy: string | null;
  /** How that had ended, where it may have run again before this task could start. */
  readonly trigger?: EndedTask;
  /** An earlier round has ended, and `result` is its result until this one ends. */
  readonly hasEarlierResult?: true;
  /** Number of the current attempt, 0 for the first; of an item it is in the shell's rows. */
  readonly retries: number;
  /** Result view of the last attempt, null before. */
  readonly result: Json;
  /** The taint of the result. */
  readonly secrets: Taint;
  readonly items: ItemsState | null;
  /** Targets that its fired transitions named, of a task that failed. */
  readonly handlers: readonly string[];
  /** Why it failed without a child, or beyond its child's own status. */
  readonly error: string | null;
}

/**
 * What a task ended with; one with an `error` could not be dispatched, and its transitions do not
 * fire.
 */
export interface TaskOutcome extends Pick<TaskState, 'result' | 'secrets' | 'error'> {
  readonly status: 'completed' | 'failed' | 'timeout' | 'over_limit' | 'skipped';
}

/** A variable that a transition set. */
export interface PublishedValue {
  readonly name: string;
  readonly value: Json;
  readonly taint: Taint;
  /** Characters that its templates produced. */
  readonly size: number;
}

/** The end of one round of a task, and what followed from it. */
export interface TaskEnd {
  readonly task: string;
  /** How often the task had started, 1 the first. */
  readonly round: number;
  /** As of `TaskState`. */
  readonly rounds?: Rounds;
  readonly triggeredBy: string | null;
  readonly retries: number;
  readonly outcome: TaskOutcome;
  /** In order; a name may occur twice. */
  readonly published: readonly PublishedValue[];
  /** The tasks that its transitions named. */
  readonly targets: readonly string[];
}

/** The end of a task of an earlier execution, which a rerun does not run again. */
export interface TakenOverTask extends TaskEnd {
  /** The executions that ran it: of each item the last attempt, in order of index. */
  readonly executions: readonly number[];
}

/**
 * Plain JSON: a state that was stored and read back is the same state. Stored states have these
 * keys.
 */
export interface WorkflowState {
  readonly status: Extract<Status, 'requested' | 'running' | 'canceling' | 'completed' | 'failed' | 'cancelled'>;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly parameters: JsonObject;
  /** Configuration of the workflow's pack: the namespace `config`. */
  readonly config: JsonObject;
  readonly variables: JsonObject;
  /** Characters of each published variable. */
  readonly sizes: Readonly<Record<string, number>>;
  /**
   * The taints of the above. The shell redacts and seals these parts when it stores a state
   * (`stateTaint`).
   */
  readonly secrets: { readonly parameters: Taint; readonly config: Taint; readonly variables: Taint };
  readonly tasks: Readonly<Record<string, TaskState>>;
  /** Failed rounds of tasks that started again, with the targets that their transitions named. */
  readonly failedRounds?: readonly { readonly task: string; readonly handlers: readonly string[] }[];
  /** The task that ended last: the output map reads its `result()`. */
  readonly lastEnded: string | null;
  /** The limit that passed, seconds, of a workflow that is stopping for it. */
  readonly timedOutAfter?: number;
  /** Tasks that are ready and start at the resume. Present while nothing starts: it is paused. */
  readonly heldTasks?: readonly string[];
}

/** Nothing starts: a pause was requested, and no resume since. */
export const isHeld = ({ heldTasks }: WorkflowState): boolean => heldTasks !== undefined;

export interface ChildEnded {
  readonly type: 'child-ended';
  readonly task: string;
  /** Position in with_items, null otherwise. */
  readonly index: number | null;
  /** How often its task had started, 1 the first. */
  readonly round: number;
  /** Number of the attempt: 0 the first. */
  readonly retry: number;
  readonly status: Extract<Status, 'completed' | 'failed' | 'cancelled' | 'timeout' | 'abandoned'>;
  /** Its own limit ended it; its status is `failed`. */
  readonly isOverLimit?: boolean;
  /** The child's stored result with its secrets in clear. */
  readonly result: Json;
  /** The taint of the result. */
  readonly secrets?: Taint;
  /** True when the child could not be dispatched at all: never retried, never handled. */
  readonly undispatched: boolean;
}

/** Follows the effect `collect-items`: the last attempt of every item, in order of index. */
export interface ItemsCollected {
  readonly type: 'items-collected';
  readonly task: string;
  readonly items: readonly {
    readonly status: ChildEnded['status'];
    readonly result: Json;
    readonly secrets?: Taint;
  }[];
}

export interface Started {
  readonly type: 'started';
  readonly parameters: JsonObject;
  readonly config: JsonObject;
  /** The taints of both. */
  readonly secrets?: { readonly parameters: Taint; readonly config: Taint };
  /** Of a rerun, in order of their ends: what follows from them starts, and no other task. */
  readonly takenOver?: readonly TakenOverTask[];
}

export type Signal =
  | Started
  | ChildEnded
  | ItemsCollected
  /**
   * `policy` of the top workflow whose cancel reached this one; null takes the definition's own.
   */
  | { readonly type: 'cancel-requested'; readonly policy: CancellationPolicy | null }
  /** The limit of the whole run has passed. */
  | { readonly type: 'timed-out' }
  | { readonly type: 'pause-requested' }
  | { readonly type: 'resumed' };

/** One child to create: the first attempt of a task or of one of its items. */
export interface StartChild {
  readonly type: 'start-child';
  readonly task: string;
  readonly index: number | null;
  /** How often the task has started, 1 the first. */
  readonly round: number;
  readonly action: string;
  /** Null: the parent's stored parameters as they are. */
  readonly input: JsonObject | null;
  /** The taint of the parameters: secrets may be given only to parameters declared secret. */
  readonly secrets: Taint;
  /** False: the row waits in `requested` until `release-item`. */
  readonly released: boolean;
  readonly triggeredBy: string | null;
  readonly timeoutSeconds: number | null;
  readonly maxRetries: number;
  readonly permissionSetRefs: readonly string[] | null;
  readonly placement: JsonObject;
}

export type Effect =
  | StartChild
  /**
   * Another attempt of the same task or item, with its action, parameters and lineage.
   */
  | {
      readonly type: 'retry-child';
      readonly task: string;
      readonly index: number | null;
      readonly round: number;
      readonly retry: number;
      readonly reason: 'failed' | 'timeout';
      /** Epoch ms. */
      readonly notBefore: number;
      /** False: the row waits for `release-children`, also when it is due. */
      readonly released: boolean;
    }
  /**
   * A waiting item may start. One whose row could not be dispatched is signalled once, before or
   * after this.
   */
  | { readonly type: 'release-item'; readonly task: string; readonly index: number; readonly round: number }
  /**
   * A child that could not be dispatched: a row `failed` that never started. The engine has
   * counted it already.
   */
  | {
      readonly type: 'record-undispatched';
      readonly task: string;
      readonly index: number | null;
      readonly round: number;
      readonly action: string;
      readonly triggeredBy: string | null;
      readonly code: string;
      readonly error: string;
    }
  | { readonly type: 'collect-items'; readonly task: string; readonly round: number }
  /** Children that have not been dispatched wait; sub-workflows are paused. */
  | { readonly type: 'hold-children' }
  /**
   * The reverse. `itemsBefore`: by task, the items below this index had been released; the others
   * go on waiting for `release-item`.
   */
  | { readonly type: 'release-children'; readonly itemsBefore: Readonly<Record<string, number>> }
  /**
   * Children not yet running end `cancelled`; running ones only under `cancel_running`;
   * sub-workflows get the policy. Every released child is signalled `child-ended` when it ends;
   * unreleased items need no signal.
   */
  | {
      readonly type: 'cancel-children';
      readonly policy: CancellationPolicy;
      /** The workflow's limit, seconds, where it passed: the children's results name it. */
      readonly timedOutAfter?: number;
    }
  /** Signal `timed-out` this long after the start of the run. */
  | { readonly type: 'set-limit'; readonly seconds: number }
  | { readonly type: 'log'; readonly entry: LogType; readonly payload: JsonObject }
  | {
      readonly type: 'finish';
      readonly status: Extract<Status, 'completed' | 'failed' | 'cancelled'>;
      readonly result: JsonObject;
      /** The taint of the result, where it has one. */
      readonly secrets?: Taint;
      /** Of the limit that passed, where one did. */
      readonly timeoutLevel?: RunLimit['level'];
    };

/** What an effect of this type has. */
export type EffectOf<T extends Effect['type']> = Omit<Extract<Effect, { readonly type: T }>, 'type'>;
