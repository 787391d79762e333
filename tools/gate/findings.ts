import type { FlakeFinding } from './run/flakes';
import type { CheckVerdict, Verdict } from './verdict';

/** Something of a run that a person should see. */
export interface GateFinding {
  readonly level: 'error' | 'warning' | 'notice';
  readonly code:
    | 'REQUIRED_CHECK_FAILED'
    | 'REQUIRED_CHECK_MISSING'
    | 'INVENTORY_DRIFT'
    | 'QUARANTINE_EXPIRED'
    | 'ADVISORY_CHECK_FAILED'
    | 'QUARANTINED_CHECK_FAILED'
    | 'CHECK_ABSENT'
    | 'CHECK_FLAKY'
    | FlakeFinding['code'];
  readonly text: string;
}

const MOST_TESTS = 10;

/** Every check that is not green, every quarantine that has expired, and what the flakes break. */
export const findingsOf = ({ checks, expired_quarantines, flake_findings }: Verdict): GateFinding[] => [
  ...flake_findings.map(({ code, text }) => finding('error', code, text)),
  ...expired_quarantines.map((id) => finding('warning', 'QUARANTINE_EXPIRED', `${id} gates again`)),
  ...checks.flatMap((check) => (check.result === 'passed' ? [] : findingsOfCheck(check))),
];

function findingsOfCheck(check: CheckVerdict): GateFinding[] {
  const { id, result, flaky_tests } = check;
  if (result === 'failed') return failuresOf(check);
  if (result === 'flaky')
    return [finding('warning', 'CHECK_FLAKY', `${id} passed only when repeated: ${testNames(flaky_tests)}`)];
  return [absence(check)];
}

function failuresOf({ id, gates, state, failed_tests, missing_tests }: CheckVerdict): GateFinding[] {
  const level = gates ? 'error' : 'warning';
  const unless = state === 'advisory' ? 'ADVISORY_CHECK_FAILED' : 'QUARANTINED_CHECK_FAILED';
  const failed = `${id} failed: ${testNames(failed_tests)}`;
  const missing = `${id} lacks a result of: ${testNames(missing_tests)}`;
  return [
    ...(failed_tests.length > 0 ? [finding(level, gates ? 'REQUIRED_CHECK_FAILED' : unless, failed)] : []),
    ...(missing_tests.length > 0 ? [finding(level, 'INVENTORY_DRIFT', missing)] : []),
  ];
}

function absence({ id, gates, jobs }: CheckVerdict): GateFinding {
  const absent = Object.keys(jobs).filter((job) => jobs[job] === 'absent');
  const text = `${id} has no proven test of job ${absent.join(' and ')}`;
  return gates ? finding('error', 'REQUIRED_CHECK_MISSING', text) : finding('notice', 'CHECK_ABSENT', text);
}

const finding = (level: GateFinding['level'], code: GateFinding['code'], text: string): GateFinding => ({
  level,
  code,
  text,
});

function testNames(ids: readonly string[]): string {
  const rest = ids.length - MOST_TESTS;
  return [...ids.slice(0, MOST_TESTS), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
