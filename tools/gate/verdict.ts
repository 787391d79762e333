import { isExpired, type Check, type Policy } from './policy';
import { resultOf, testsWith, type CheckResult, type JobResults } from './results';
import { flakeFindings, type Flake, type FlakeFinding } from './run/flakes';

/** A check of one run. */
export interface CheckVerdict {
  readonly id: string;
  readonly state: Check['state'];
  /** Whether its result decides: it is required, or its quarantine has expired. */
  readonly gates: boolean;
  /** The worst of its jobs. */
  readonly result: CheckResult;
  readonly jobs: Readonly<Record<string, CheckResult>>;
  /** Ids, of all jobs. */
  readonly failed_tests: readonly string[];
  /** Ids, of all jobs, of its inventory that a job has no result of. */
  readonly missing_tests: readonly string[];
  /** Ids of those that failed first, and passed alone. */
  readonly flaky_tests: readonly string[];
}

/** What a run means for the change. */
export interface Verdict {
  readonly verdict: 'passed' | 'failed';
  readonly required_failures: number;
  readonly required_missing: number;
  readonly advisory_failures: number;
  readonly quarantined_failures: number;
  /** Ids of the checks that gate again. */
  readonly expired_quarantines: readonly string[];
  /** Rules of the list of flakes that are broken: they fail the verdict. */
  readonly flake_findings: readonly FlakeFinding[];
  readonly checks: readonly CheckVerdict[];
}

/**
 * Evaluates a run by the checks that gate on the day, and by the list of flakes; the other checks
 * are only counted.
 */
export function verdictOf(policy: Policy, results: JobResults, today: string, flakes: readonly Flake[] = []): Verdict {
  const checks = policy.checks.map((check) => evaluateCheck(check, results, today));
  const gating = checks.filter(({ gates }) => gates);
  const failures = (state: Check['state']) =>
    checks.filter((check) => !check.gates && check.state === state && check.result === 'failed').length;
  const listed = flakeFindings(flakes, today);
  const isGreen = listed.length === 0 && gating.every(({ result }) => result === 'passed' || result === 'flaky');
  return {
    verdict: isGreen ? 'passed' : 'failed',
    required_failures: gating.filter(({ result }) => result === 'failed').length,
    required_missing: gating.filter(({ result }) => result === 'absent').length,
    advisory_failures: failures('advisory'),
    quarantined_failures: failures('quarantined'),
    expired_quarantines: policy.checks.filter((check) => isExpired(check, today)).map(({ id }) => id),
    flake_findings: listed,
    checks,
  };
}

function evaluateCheck(check: Check, results: JobResults, today: string): CheckVerdict {
  const { id, state } = check;
  const jobs = Object.fromEntries(check.jobs.map((job) => [job, resultOf(check, results[job] ?? [])]));
  const idsOf = (outcome: 'failed' | 'missing' | 'flaky'): string[] => [
    ...new Set(check.jobs.flatMap((job) => testsWith(outcome, check, results[job] ?? []))),
  ];
  return {
    id,
    state,
    jobs,
    gates: state === 'required' || isExpired(check, today),
    result: worstOf(Object.values(jobs)),
    failed_tests: idsOf('failed'),
    missing_tests: idsOf('missing'),
    flaky_tests: idsOf('flaky'),
  };
}

const worstOf = (results: readonly CheckResult[]): CheckResult =>
  (['failed', 'absent', 'flaky'] as const).find((bad) => results.includes(bad)) ?? 'passed';
