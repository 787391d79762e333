import type { Check } from './policy';

/** The result of one test of a run. */
export interface TestResult {
  /** `T1.4a`, or `s1_worker_lifecycle/S1-29`. */
  readonly id: string;
  /** `flaky`: it failed, and passed when it was repeated alone, which is no pass. */
  readonly outcome: 'passed' | 'flaky' | 'failed' | 'not proven';
}

/** One attempt of a test, as a result file has it. */
export interface TestAttempt extends TestResult {
  /** Equal for the attempts of one test: several tests may have one id. */
  readonly key: string;
  /** Equal for the tests of one file, and the key of a file that could not be run. */
  readonly file: string;
}

/** The results of a run, by job. */
export type JobResults = Readonly<Record<string, readonly TestResult[]>>;

/** The attempts of all tests, and those that a later file of the run has: they were repeated. */
export function withRepeated(earlier: readonly TestAttempt[], later: readonly TestAttempt[]): TestAttempt[] {
  const repeated = new Set(later.flatMap(({ key, file }) => [key, file]));
  const bad = new Set(
    earlier.filter(({ outcome }) => outcome === 'failed' || outcome === 'flaky').map(({ key }) => key),
  );
  const isFlaky = ({ outcome, key, file }: TestAttempt): boolean =>
    outcome === 'passed' && (bad.has(key) || bad.has(file));
  return [
    ...earlier.filter(({ key }) => !repeated.has(key)),
    ...later.map((attempt): TestAttempt => (isFlaky(attempt) ? { ...attempt, outcome: 'flaky' } : attempt)),
  ];
}

/**
 * `absent`: none of its tests was proven, which is not green. `flaky`: none failed, and one passed
 * only when it was repeated.
 */
export type CheckResult = 'passed' | 'flaky' | 'failed' | 'absent';

export function resultOf(check: Check, results: readonly TestResult[]): CheckResult {
  const outcomes = testsOf(check, results).map(({ outcome }) => outcome);
  return (['failed', 'flaky', 'passed'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'absent';
}

/** Ids of the tests of a check with this outcome. */
export const testsWith = (outcome: TestResult['outcome'], check: Check, results: readonly TestResult[]): string[] =>
  testsOf(check, results).flatMap((result) => (result.outcome === outcome ? [result.id] : []));

const testsOf = ({ tests }: Check, results: readonly TestResult[]): TestResult[] =>
  results.filter(({ id }) => {
    const names = [id, ...id.split('/').slice(1)];
    return tests.some((beginning) => names.some((name) => name.startsWith(beginning)));
  });
