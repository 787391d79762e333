import { findingsOf } from '../../../tools/gate/findings';
import type { Check } from '../../../tools/gate/policy';
import type { JobResults, TestResult } from '../../../tools/gate/results';
import { verdictOf } from '../../../tools/gate/verdict';
import type { Flake } from '../../../tools/gate/run/flakes';
import { policyWith, quarantined, TODAY } from './example-policy';

const of = (id: string, outcome: TestResult['outcome']): TestResult => ({ id, outcome });

const GREEN: JobResults = {
  embedded: [of('T1.4a', 'passed'), of('s3_lease/S3-07', 'passed')],
  plain: [of('T1.4a', 'passed'), of('s3_lease/S3-07', 'passed')],
};
/** The green run, with other results of one job. */
const withJob = (job: string, ...results: TestResult[]): JobResults => ({ ...GREEN, [job]: results });

const COUNTS = ['required_failures', 'required_missing', 'advisory_failures', 'quarantined_failures'] as const;

/** The verdict, its four counts, and the codes of its findings. */
function summaryOf(results: JobResults, id = 'tier1', more: Partial<Check> = {}) {
  const verdict = verdictOf(policyWith(id, more), results, TODAY);
  return [verdict.verdict, COUNTS.map((name) => verdict[name]).join(' '), findingsOf(verdict).map(({ code }) => code)];
}

const ADVISORY_RED = withJob('plain', of('T1.4a', 'passed'), of('s3_lease/S3-07', 'failed'));
const REQUIRED_RED = withJob('plain', of('T1.4a', 'failed'), of('s3_lease/S3-07', 'passed'));
const REQUIRED_MISSING = withJob('plain', of('s3_lease/S3-07', 'passed'));
const REQUIRED_UNPROVEN = withJob('plain', of('T1.4a', 'not proven'), of('s3_lease/S3-07', 'passed'));
const FLAKY = withJob('plain', of('T1.4a', 'flaky'), of('T1.4b', 'passed'), of('s3_lease/S3-07', 'passed'));
const INCOMPLETE = withJob('plain', of('T1.4a', 'passed'), of('T1.4b', 'missing'), of('s3_lease/S3-07', 'passed'));
const ONLY_FLAKY = withJob('plain', of('T1.4a', 'flaky'), of('s3_lease/S3-07', 'passed'));

test.each<[string, JobResults, unknown[]]>([
  ['all green', GREEN, ['passed', '0 0 0 0', []]],
  ['an advisory check red', ADVISORY_RED, ['passed', '0 0 1 0', ['ADVISORY_CHECK_FAILED']]],
  ['an advisory check absent', withJob('plain', of('T1.4a', 'passed')), ['passed', '0 0 0 0', ['CHECK_ABSENT']]],
  ['a required check red in one job', REQUIRED_RED, ['failed', '1 0 0 0', ['REQUIRED_CHECK_FAILED']]],
  ['a required check that lacks a test', INCOMPLETE, ['failed', '1 0 0 0', ['INVENTORY_DRIFT']]],
  ['a flaky test', FLAKY, ['passed', '0 0 0 0', ['CHECK_FLAKY']]],
  ['a check with only a flaky test', ONLY_FLAKY, ['passed', '0 0 0 0', ['CHECK_FLAKY']]],
  ['a required check absent in one job', REQUIRED_MISSING, ['failed', '0 1 0 0', ['REQUIRED_CHECK_MISSING']]],
  ['a required check without a proven test', REQUIRED_UNPROVEN, ['failed', '0 1 0 0', ['REQUIRED_CHECK_MISSING']]],
  ['a job absent', { embedded: GREEN.embedded! }, ['failed', '0 1 0 0', ['REQUIRED_CHECK_MISSING', 'CHECK_ABSENT']]],
])('%s', (_, results, expected) => {
  expect(summaryOf(results)).toEqual(expected);
});

test.each([
  ['2026-11-24', ['passed', '0 0 0 1', ['QUARANTINED_CHECK_FAILED']]],
  ['2026-11-23', ['failed', '1 0 0 0', ['QUARANTINE_EXPIRED', 'REQUIRED_CHECK_FAILED']]],
])('a red check in quarantine until %s', (until, expected) => {
  expect(summaryOf(REQUIRED_RED, 'tier1', quarantined(until))).toEqual(expected);
});

test('an expired quarantine of a green check is named, and passes', () => {
  expect(summaryOf(GREEN, 'tier1', quarantined('2026-11-23'))).toEqual(['passed', '0 0 0 0', ['QUARANTINE_EXPIRED']]);
});

test('a list of flakes that breaks a rule fails the verdict', () => {
  const flake: Flake = {
    test: 'T1.4a one',
    file: 'a.test.ts',
    commit: '3f2a91c',
    date: '2026-11-01',
    message: 'late',
    load: 9.5,
  };

  const verdict = verdictOf(policyWith('tier1'), GREEN, TODAY, [flake]);

  expect(verdict.verdict).toBe('failed');
  expect(findingsOf(verdict)).toEqual([
    {
      level: 'error',
      code: 'FLAKE_TOO_OLD',
      text: 'T1.4a one (a.test.ts) is listed since 2026-11-01, more than 14 days: mend it, and remove it',
    },
  ]);
});

test('a finding names the failed tests once, and the jobs without a result', () => {
  const red = { embedded: REQUIRED_RED.plain!, plain: REQUIRED_RED.plain! };
  const textsOf = (results: JobResults) =>
    findingsOf(verdictOf(policyWith('tier1'), results, TODAY)).map(({ text }) => text);

  expect(textsOf(red)).toEqual(['tier1 failed: T1.4a']);
  expect(textsOf(INCOMPLETE)).toEqual(['tier1 lacks a result of: T1.4b']);
  expect(textsOf(REQUIRED_MISSING)).toEqual(['tier1 has no proven test of job plain']);
  const many = Array.from({ length: 12 }, (_, n) => of(`T1.${n}a`, 'failed'));
  expect(textsOf(withJob('plain', ...many, of('s3_lease/S3-07', 'passed')))).toEqual([
    `tier1 failed: ${many
      .slice(0, 10)
      .map(({ id }) => id)
      .join(', ')}, 2 more`,
  ]);
});
