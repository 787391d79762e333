import type { FlakeFinding } from './run/flakes';
import type { CheckVerdict, Verdict } from './verdict';

/** Something of a run that a person should see. */
export interface GateFinding {
  readonly level: 'error' | 'warning' | 'notice';
  readonly code:
    | 'REQUIRED_CHECK_FAILED'
    | 'REQUIRED_CHECK_MISSING'
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
  ...checks.flatMap((check) => (check.result === 'passed' ? [] : [findingOf(check)])),
];

function findingOf(check: CheckVerdict): GateFinding {
  const { id, gates, state, result, jobs } = check;
  if (result === 'failed') {
    const text = `${id} failed: ${testNames(check.failed_tests)}`;
    if (gates) return finding('error', 'REQUIRED_CHECK_FAILED', text);
    return finding('warning', state === 'advisory' ? 'ADVISORY_CHECK_FAILED' : 'QUARANTINED_CHECK_FAILED', text);
  }
  if (result === 'flaky')
    return finding('warning', 'CHECK_FLAKY', `${id} passed only when repeated: ${testNames(check.flaky_tests)}`);
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
