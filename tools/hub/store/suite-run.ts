import { isFlaky } from '../../../helpers/run-report/attempts';
import type { ClaimModel } from '../../../helpers/run-report/run-model';
import { testName } from '../../../helpers/run-report/test-name';
import type { NewRun, NewTest } from './runs';
import type { SuiteRun } from './stored-report';

const OUTCOMES: Readonly<Record<ClaimModel['result'], NewTest['outcome']>> = {
  passed: 'passed',
  failed: 'failed',
  environment: 'failed',
  'known red': 'skipped',
  'not proven': 'skipped',
  'not selected': 'skipped',
};

/** The rows of a run of the scenarios. */
export function suiteRows(report: SuiteRun): NewRun {
  const { repository, host, run } = report;
  const tests = run.claims.map(testRow);
  const count = (...outcomes: NewTest['outcome'][]): number =>
    tests.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const failed = count('failed');
  return {
    kind: 'suite',
    name: run.run,
    repository: repository.name,
    branch: repository.branch,
    commit: repository.commit,
    host,
    outcome: failed > 0 || run.exit !== 0 ? 'failed' : 'passed',
    failure_code: failed === 0 && run.exit !== 0 ? `EXIT_${run.exit}` : null,
    exit_code: run.exit,
    started: isoText(run.from),
    finished: isoText(run.to),
    passed: count('passed', 'flaky'),
    failed,
    skipped: count('skipped'),
    report,
    tests,
  };
}

const isoText = (instant: number | null): string => new Date(instant ?? 0).toISOString();

function testRow(claim: ClaimModel): NewTest {
  const { file, result, reason, seconds, failure, attempts } = claim;
  const earlier = attempts.findLast((attempt) => attempt.failure !== null)?.failure;
  return {
    name: testName(claim),
    file,
    outcome: isFlaky(claim) ? 'flaky' : OUTCOMES[result],
    seconds,
    message: failure?.summary ?? earlier?.summary ?? (reason || null),
  };
}
