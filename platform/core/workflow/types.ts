import type { Json, JsonObject } from '../../../contract/json';
import type { LogType } from '../../../contract/executions';
import type { Status } from '../../../contract/status';
import type { Taint } from '../template/taint';

export type Backoff = 'constant' | 'linear' | 'exponential';
export type CancellationPolicy = 'allow_finish' | 'cancel_running';

/** `count` 2 allows three attempts. */
export interface Retry {
  readonly count: number;
  readonly delayMs: number;
  readonly backoff: Backoff;
  readonly maxDelayMs: number | null;
  /** 0 to 1: each pause is longer or shorter by up to this part of itself. */
  readonly jitter: number;
  readonly onError: string | null;
}

/** `when` null is always. `whole` publishes the whole result view, whatever `value` holds. */
export interface Transition {
  readonly when: string | null;
  readonly publish: readonly { readonly name: string; readonly value: Json; readonly whole: boolean }[];
  readonly to: readonly string[];
  /** True for a decision's default branch: it fires only when no other branch of the decision did. */
  readonly otherwise: boolean;
  /** True for a branch of a decision. */
  readonly decision: boolean;
}

export interface Task {
  readonly name: string;
  /** Null for a parallel task, which runs `subtasks` instead. */
  readonly action: string | null;
  readonly subtasks: readonly Task[];
  /** Null or empty: the child gets the parent's stored parameters. */
  readonly input: JsonObject | null;
  readonly when: string | null;
  readonly withItems: Json | null;
  readonly batchSize: number | null;
  readonly concurrency: number;
  readonly retry: Retry | null;
  readonly timeoutSeconds: number | null;
  readonly next: readonly Transition[];
  readonly join: number | null;
  /** Templates; null takes the action's default. */
  readonly permissionSetRefs: Json;
  /** Templates for worker_selector, worker_tolerations and worker_affinity; absent keys take the action's. */
  readonly placement: JsonObject;
}

export interface Definition {
  readonly ref: string;
  readonly version: string;
  readonly parameters: JsonObject | null;
  readonly vars: JsonObject;
  /** Own tasks and subtasks of parallel ones, by name, in the order of the file. */
  readonly tasks: ReadonlyMap<string, Task>;
  readonly outputMap: JsonObject | null;
  readonly cancellationPolicy: CancellationPolicy;
  /** Limit of the whole run; null: none. */
  readonly timeoutSeconds: number | null;
}

/** `pending` waits for its join. A task that nothing reached has no state. */
export type TaskStatus = 'pending' | 'running' | 'completed' | 'failed' | 'timeout' | 'skipped';

/** A with-items task's state is counters; its items are rows of the shell. */
export interface ItemsState {
  readonly total: number;
  /** Items are released in order of index: the next one to release, `total` when all are. */
  readonly next: number;
  readonly ended: number;
  readonly failed: number;
  readonly timedOut: number;
  /** Indices that ended before their release (a waiting item cancelled on its own): they are never released. */
  readonly early: readonly number[];
  /** Result view of the item that ended last. */
  readonly lastResult: Json;
  readonly lastSecrets: Taint;
}

export interface TaskState {
  readonly status: TaskStatus;
  /** Distinct predecessors whose transitions named this task, in order of firing. */
  readonly arrivals: readonly string[];
  /** The predecessor that released it; null for entry tasks and while pending. */
  readonly triggeredBy: string | null;
  /** Number of the current attempt, 0 for the first; of an item the shell's rows know. */
  readonly retries: number;
  /** Result view of the last attempt, null before. */
  readonly result: Json;
  /** What of it is secret. */
  readonly secrets: Taint;
  readonly items: ItemsState | null;
  /** Targets that its fired transitions named, of a task that failed. */
  readonly handlers: readonly string[];
  /** Why it failed without a child, or beyond its child's own status. */
  readonly error: string | null;
}

/** JSON through and through: a state that was stored and read back is the same state. */
export interface State {
  readonly status: Extract<Status, 'requested' | 'running' | 'canceling' | 'completed' | 'failed' | 'cancelled'>;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly parameters: JsonObject;
  /** Configuration of the workflow's pack: the namespace `config`. */
  readonly config: JsonObject;
  readonly variables: JsonObject;
  /** Characters of each published variable. */
  readonly sizes: Readonly<Record<string, number>>;
  /** What of the above is secret. Who stores a state cuts these parts out and seals them (`taintOfState`). */
  readonly secrets: { readonly parameters: Taint; readonly config: Taint; readonly variables: Taint };
  readonly tasks: Readonly<Record<string, TaskState>>;
  /** The task that ended last: whose `result()` the output map sees. */
  readonly lastEnded: string | null;
  /** The limit that passed, seconds, of a workflow that is stopping for it. */
  readonly timedOutAfter?: number;
}

export interface ChildEnded {
  readonly type: 'child-ended';
  readonly task: string;
  /** Position in with_items, null otherwise. */
  readonly index: number | null;
  /** Which attempt: 0 the first. */
  readonly retry: number;
  readonly status: Extract<Status, 'completed' | 'failed' | 'cancelled' | 'timeout' | 'abandoned'>;
  /** The child's stored result, its secrets in their places. */
  readonly result: Json;
  /** What of it is secret. */
  readonly secrets?: Taint;
  /** True when the child could not be dispatched at all: never retried, never handled. */
  readonly undispatched: boolean;
}

/** Answers `collect-items`: the last attempt of every item, in order of index. */
export interface ItemsCollected {
  readonly type: 'items-collected';
  readonly task: string;
  readonly items: readonly {
    readonly status: ChildEnded['status'];
    readonly result: Json;
    readonly secrets?: Taint;
  }[];
}

export type Signal =
  | {
      readonly type: 'started';
      readonly parameters: JsonObject;
      readonly config: JsonObject;
      /** What of them is secret. */
      readonly secrets?: { readonly parameters: Taint; readonly config: Taint };
    }
  | ChildEnded
  | ItemsCollected
  /** `policy` of the top workflow whose cancel reached this one; null takes the definition's own. */
  | { readonly type: 'cancel-requested'; readonly policy: CancellationPolicy | null }
  /** The limit of the whole run has passed. */
  | { readonly type: 'timed-out' };

/** One child to create: the first attempt of a task or of one of its items. */
export interface StartChild {
  readonly type: 'start-child';
  readonly task: string;
  readonly index: number | null;
  readonly action: string;
  /** Null: the parent's stored parameters as they are. */
  readonly input: JsonObject | null;
  /** What of the parameters is secret: may be given only to parameters declared so. */
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
  /** Another attempt of the same task or item: same action, parameters and lineage, not before the moment given (epoch ms). */
  | {
      readonly type: 'retry-child';
      readonly task: string;
      readonly index: number | null;
      readonly retry: number;
      readonly reason: 'failed' | 'timeout';
      readonly notBefore: number;
    }
  /** Lets a waiting item go. One whose row could not be dispatched is signalled once, before or after this. */
  | { readonly type: 'release-item'; readonly task: string; readonly index: number }
  /** A child that could not be dispatched: recorded as a row `failed` that never started. The engine has counted it already. */
  | {
      readonly type: 'record-undispatched';
      readonly task: string;
      readonly index: number | null;
      readonly action: string;
      readonly triggeredBy: string | null;
      readonly code: string;
      readonly error: string;
    }
  | { readonly type: 'collect-items'; readonly task: string }
  /**
   * Children not yet running end `cancelled`; running ones only under `cancel_running`; sub-workflows take the policy along.
   * Every child that was released is signalled `child-ended` when it ends; of unreleased items the engine needs no word.
   */
  | {
      readonly type: 'cancel-children';
      readonly policy: CancellationPolicy;
      /** The workflow's limit, seconds, where its passing is the reason: their results say so. */
      readonly timedOutAfter?: number;
    }
  /** Signal `timed-out` so long after the run began. */
  | { readonly type: 'set-limit'; readonly seconds: number }
  | { readonly type: 'log'; readonly entry: LogType; readonly payload: JsonObject }
  | {
      readonly type: 'finish';
      readonly status: Extract<Status, 'completed' | 'failed' | 'cancelled'>;
      readonly result: JsonObject;
      /** What of it is secret, where anything is. */
      readonly secrets?: Taint;
      /** The run was over its limit. */
      readonly timedOut?: true;
    };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}
