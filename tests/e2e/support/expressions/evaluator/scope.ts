import type { Json, JsonObject } from '../../../../../contract/json';

/** The result of a task, as its transitions see it. All are false of a skipped task. */
export interface TaskOutcome {
  readonly succeeded: boolean;
  readonly failed: boolean;
  readonly timedOut: boolean;
}

export const NO_OUTCOME: TaskOutcome = { succeeded: false, failed: false, timedOut: false };

/** The names that an expression can use. */
export interface Scope {
  readonly names: JsonObject;
  /** `result()`: null in an entry task. */
  readonly result: Json;
  readonly outcome: TaskOutcome;
}
