import type { Json } from '../../../contract/json';
import type { Taint } from '../secrets/taint';

/**
 * The outcome of the task whose transition is evaluated; null where there is none (entry tasks).
 * `over_limit` counts as a failure and as a timeout.
 */
export type ScopeOutcome = 'succeeded' | 'failed' | 'timed_out' | 'over_limit' | 'skipped' | null;

/** The values that an expression can read. Nothing of the host is reachable through them. */
export interface Scope {
  /** The value of a top-level name, or undefined when there is no such name. */
  name(name: string): Json | undefined;
  /** The value of `result()`. */
  readonly result: Json;
  /** What `succeeded()`, `failed()` and `timed_out()` test. */
  readonly outcome: ScopeOutcome;
  /** The taints of those values; absent, none of them is secret. */
  readonly secrets?: ScopeSecrets;
  /**
   * The id of the key that a reference written in a template may read, or NO_KEY; absent, such
   * references are data.
   */
  connection?(ref: string): number;
  /**
   * Called where a secret decides what happens: a condition has read one, or an expression that
   * has read one fails.
   */
  onSecretDecision?(): void;
}

interface ScopeSecrets {
  /** The taint of the value of `Scope.name`. */
  name(name: string): Taint;
  /** The taint of `result()`. */
  readonly result: Taint;
}

/**
 * An error in an expression: its position and what would be right. `column` counts characters from
 * 1.
 */
export type TemplateCode =
  | 'TEMPLATE_SYNTAX'
  | 'TEMPLATE_NAME'
  | 'TEMPLATE_TYPE'
  | 'TEMPLATE_ARGUMENTS'
  | 'TEMPLATE_FORBIDDEN'
  | 'TEMPLATE_LIMIT'
  | 'TEMPLATE_TIMEOUT';

export class TemplateError extends Error {
  constructor(
    readonly code: TemplateCode,
    message: string,
    readonly column: number,
    readonly expression: string,
  ) {
    super(message);
    this.name = 'TemplateError';
  }
}
