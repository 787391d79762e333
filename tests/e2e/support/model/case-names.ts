import type { JsonObject } from '../../../../contract/json';
import type { Task } from '../../../../helpers/scenario/resources/workflow-task';

/** What a case has of its target: names, times, and the meaning of a limit. */
export interface CaseNames {
  /** Ref of the fixture `exit-by-attempt`. */
  readonly program: string;
  /** Ref of a workflow of the case. */
  workflow(name: string): string;
  /** Ledger parameters of the process of a task. */
  ledgerInput(label: string): { key: string; ledger: string };
  /** File for which the processes of the case wait. */
  readonly gate: string;
  /** A limit that a process, except one that never exits, keeps; seconds. */
  readonly shortSeconds: number;
  /** Whether a process that its limit ended has timed out; on other targets it has only failed. */
  readonly areLimitsTimeouts: boolean;
  /** Whether a task runs again when a transition leads back to it. */
  readonly hasLoops: boolean;
  /**
   * Whether the whole record is compared, and time passes only where the test lets it: a program
   * whose end needs no process is a built-in action, and delays cost nothing.
   */
  readonly isExact: boolean;
  /** Labels that select the one worker of the target. */
  readonly worker: JsonObject;
}

/** A limit that no process and no inquiry of a case reaches, seconds. */
export const LONG_SECONDS = 30;

/** Parameters of an `exit-by-attempt` process. */
export const programInput = (
  names: CaseNames,
  label: string,
  exits: string,
  more: JsonObject = {},
): JsonObject & { key: string } => ({
  ...names.ledgerInput(label),
  exits,
  ...(exits.includes('gate') && { gate: names.gate }),
  ...more,
});

/**
 * A task whose program ends at once with success, and shows its input as `params`. It is a process
 * only where a built-in action does not show that.
 */
export const quickTask = (names: CaseNames, name: string, more: JsonObject = {}): Task => ({
  name,
  ...(names.isExact
    ? { action: 'core.noop', input: { message: { params: more, attempt: 1 } } }
    : { action: names.program, input: programInput(names, name, '0', more) }),
});
