import type { Json, JsonObject } from '../../../contract/json';

export type Backoff = 'constant' | 'linear' | 'exponential';
export type CancellationPolicy = 'allow_finish' | 'cancel_running';

/** `count` 2 allows three attempts. */
export interface RetryPolicy {
  readonly count: number;
  readonly delayMs: number;
  readonly backoff: Backoff;
  readonly maxDelayMs: number | null;
  /** 0 to 1: each delay is longer or shorter by up to this part of itself. */
  readonly jitter: number;
  /** A condition: false ends the attempts. */
  readonly onError: string | null;
}

/** One name to publish. `wholeResult` publishes the result view, whatever `value` holds. */
export interface PublishItem {
  readonly name: string;
  readonly value: Json;
  readonly wholeResult: boolean;
}

/** `when` null always matches. */
export interface TransitionDefinition {
  readonly when: string | null;
  readonly publish: readonly PublishItem[];
  readonly targets: readonly string[];
  readonly isDecisionBranch: boolean;
  /**
   * True for a decision's default branch, which fires only when no other branch of the decision
   * did.
   */
  readonly isDefaultBranch: boolean;
}

export interface TaskDefinition {
  readonly name: string;
  /** Null for a parallel task, which runs `subtasks` instead. */
  readonly action: string | null;
  readonly subtasks: readonly TaskDefinition[];
  /** Null or empty: the child gets the parent's stored parameters. */
  readonly input: JsonObject | null;
  readonly when: string | null;
  readonly withItems: Json | null;
  readonly batchSize: number | null;
  readonly concurrency: number;
  readonly retry: RetryPolicy | null;
  readonly timeoutSeconds: number | null;
  readonly next: readonly TransitionDefinition[];
  readonly join: number | null;
  /** Templates; null takes the action's default. */
  readonly permissionSetRefs: Json;
  /**
   * Templates for worker_selector, worker_tolerations and worker_affinity; absent keys take the
   * action's.
   */
  readonly placement: JsonObject;
}

export interface WorkflowDefinition {
  readonly ref: string;
  readonly version: string;
  readonly parameters: JsonObject | null;
  readonly vars: JsonObject;
  /** Top-level tasks and subtasks of parallel ones, by name, in the order of the file. */
  readonly tasks: ReadonlyMap<string, TaskDefinition>;
  readonly outputMap: JsonObject | null;
  readonly cancellationPolicy: CancellationPolicy;
  /** Of the whole run; null: none. */
  readonly limit: RunLimit | null;
}

/** `level`: whether the definition states it, or the request of the run. */
export interface RunLimit {
  readonly seconds: number;
  readonly level: 'workflow' | 'request';
}

/** The definition with the limit of a request, where that is the shorter one. */
export function withRequestLimit(definition: WorkflowDefinition, seconds: number): WorkflowDefinition {
  const { limit } = definition;
  return limit !== null && limit.seconds <= seconds
    ? definition
    : { ...definition, limit: { seconds, level: 'request' } };
}
