import type { Json } from '../../../contract/json';
import type { Taint } from './taint';

/** How the task whose transition is being evaluated ended; null where there is none (entry tasks). */
export type Outcome = 'succeeded' | 'failed' | 'timed_out' | 'skipped' | null;

/** What an expression can see. Values only: nothing of the host is reachable through it. */
export interface Scope {
  /** The value of a top-level name, or undefined when there is no such name. */
  name(name: string): Json | undefined;
  /** What `result()` answers. */
  readonly result: Json;
  /** What `succeeded()`, `failed()` and `timed_out()` answer about. */
  readonly outcome: Outcome;
  /** Which parts of those values are secret; where it is absent, none is. */
  readonly secrets?: ScopeSecrets;
}

export interface ScopeSecrets {
  /** Of the value that `Scope.name` answers. */
  name(name: string): Taint;
  /** Of `result()`. */
  readonly result: Taint;
}

/** A fault of an expression: where it stands and what would be right. `column` counts characters from 1. */
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
