import type { Check } from './policy';

/** The result of one test of a run. */
export interface TestResult {
  /** `T1.4a`, or `s1_worker_lifecycle/S1-29`. */
  readonly id: string;
  readonly outcome: 'passed' | 'failed' | 'not proven';
}

/** The results of a run, by job. */
export type JobResults = Readonly<Record<string, readonly TestResult[]>>;

/** `absent`: none of its tests was proven, which is not green. */
export type CheckResult = 'passed' | 'failed' | 'absent';

export function resultOf(check: Check, results: readonly TestResult[]): CheckResult {
  const outcomes = testsOf(check, results).map(({ outcome }) => outcome);
  if (outcomes.includes('failed')) return 'failed';
  return outcomes.includes('passed') ? 'passed' : 'absent';
}

export const failedTests = (check: Check, results: readonly TestResult[]): string[] =>
  testsOf(check, results).flatMap(({ id, outcome }) => (outcome === 'failed' ? [id] : []));

const testsOf = ({ tests }: Check, results: readonly TestResult[]): TestResult[] =>
  results.filter(({ id }) => {
    const names = [id, ...id.split('/').slice(1)];
    return tests.some((beginning) => names.some((name) => name.startsWith(beginning)));
  });
