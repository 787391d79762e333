import type { Step } from './steps';

/** How a test ended in one attempt. */
export interface Attempt {
  readonly status: 'passed' | 'failed';
  /** First line of the failure; empty for a test that passed. */
  readonly message: string;
  /** All that the failure has to read. */
  readonly evidence: string;
  readonly seconds: number;
  /** Load of the host when its command had ended. */
  readonly load: number;
  /** Path of the output of the command. */
  readonly output: string;
  /** Path of Jest's results, if it has written them. */
  readonly report: string | null;
}

/** A test that failed, a file that could not be run, or a command that counts as a test. */
export interface FailedTest {
  readonly step: Step;
  /** What runs again: this test, its file, or the command of the step. */
  readonly extent: 'test' | 'file' | 'command';
  /** Of the test, with the titles around it; of a file its path; of a command its step. */
  readonly name: string;
  /** Relative to the root; of a command the file that lists it. */
  readonly file: string;
  readonly first: Attempt;
}

/** A failed test after its repetition; null: it was not repeated. */
export interface RepeatedTest extends FailedTest {
  readonly second: Attempt | null;
}

/** How the command of a step ended. */
export interface StepResult {
  readonly step: Step;
  readonly command: string;
  /** Seconds of a piece of the proof by its table; null: it is none. */
  readonly planned: number | null;
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly seconds: number;
  readonly load: number;
  readonly output: string;
  /** Path of Jest's results, if it has written them. */
  readonly report: string | null;
  readonly passedTests: number;
  /** Of Jest's results; of a command that counts as a test, itself. */
  readonly failures: readonly FailedTest[];
}

const TEST_FAILED = 1;

/**
 * Why a step failed for another cause than its failed tests, which a repetition could change; or
 * null. Every other exit than 1 has such a cause: a target that was not there, or
 * something that was left.
 */
export function stepFailure({ step, code, failures }: StepResult): string | null {
  const expected = step.exit ?? 0;
  if (code === expected) return null;
  if (code === TEST_FAILED && expected === 0 && failures.length > 0) return null;
  return `${step.name} (${code === null ? 'ended by a signal' : `exit ${code}`} instead of ${expected})`;
}

/** More failed tests have one cause, which their repetition would not change. */
const MOST_REPEATED = 20;
/** Seconds after which no further test is repeated. */
export const REPEAT_LIMIT_S = 600;

/** What runs again; `refused`: why nothing does. */
export interface RepeatPlan {
  readonly repeated: readonly FailedTest[];
  readonly refused: string | null;
}

/** Which failed tests run again, alone, after all steps. */
export function planRepeats(results: readonly StepResult[]): RepeatPlan {
  const failures = results.flatMap((result) => result.failures);
  const failed = results.filter((result) => stepFailure(result) !== null).map(({ step }) => step.name);
  if (failures.length === 0) return { repeated: [], refused: null };
  if (failed.length > 0) return refuse(`the gate is red without them: ${failed.join(', ')}`);
  if (failures.length > MOST_REPEATED) return refuse(`${failures.length} tests failed, more than ${MOST_REPEATED}`);
  return { repeated: failures, refused: null };
}

const refuse = (cause: string): RepeatPlan => ({ repeated: [], refused: `no test was repeated: ${cause}` });

export const isFlaky = ({ second }: RepeatedTest): boolean => second?.status === 'passed';

/** What a run proved, as its last line counts it: a flaky test is neither passed nor failed. */
export function countsOf(
  results: readonly StepResult[],
  tests: readonly RepeatedTest[],
): { readonly passed: number; readonly failed: number } {
  const failedSteps = results.filter((result) => stepFailure(result) !== null);
  const greenSteps = results.filter((result) => stepFailure(result) === null && result.failures.length === 0);
  return {
    passed: greenSteps.length + results.reduce((sum, { passedTests }) => sum + passedTests, 0),
    failed: failedSteps.length + tests.filter((test) => !isFlaky(test)).length,
  };
}
