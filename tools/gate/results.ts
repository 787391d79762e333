import type { Check } from './policy';

/** The result of one test of a run. */
export interface TestResult {
  /** `T1.4a`, or `s1_worker_lifecycle/S1-29`. */
  readonly id: string;
  /**
   * `flaky`: it failed, and passed when it was repeated alone, which is no pass. `missing`: the
   * inventory of its check has it, and no result file.
   */
  readonly outcome: 'passed' | 'flaky' | 'failed' | 'missing' | 'not proven';
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
 * The tests of a check's inventory that the results of a job do not name; none where they name no
 * test of the check: it did not run. `named`: also those that did not run.
 */
export function missingTests(check: Check, inventory: readonly string[], named: ReadonlySet<string>): TestResult[] {
  if (![...named].some((id) => isTestOf(check, id))) return [];
  const missing = inventory.filter((id) => isTestOf(check, id) && !named.has(id));
  return missing.map((id) => ({ id, outcome: 'missing' }));
}

/**
 * `absent`: none of its tests was proven, which is not green. `flaky`: none failed, and one passed
 * only when it was repeated. `failed`: a test failed, or is missing.
 */
export type CheckResult = 'passed' | 'flaky' | 'failed' | 'absent';

export function resultOf(check: Check, results: readonly TestResult[]): CheckResult {
  const outcomes = testsOf(check, results).map(({ outcome }) => (outcome === 'missing' ? 'failed' : outcome));
  return (['failed', 'flaky', 'passed'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'absent';
}

/** Ids of the tests of a check with this outcome. */
export const testsWith = (outcome: TestResult['outcome'], check: Check, results: readonly TestResult[]): string[] =>
  testsOf(check, results).flatMap((result) => (result.outcome === outcome ? [result.id] : []));

const testsOf = (check: Check, results: readonly TestResult[]): TestResult[] =>
  results.filter(({ id }) => isTestOf(check, id));

function isTestOf({ tests }: Check, id: string): boolean {
  const names = [id, ...id.split('/').slice(1)];
  return tests.some((beginning) => names.some((name) => name.startsWith(beginning)));
}
