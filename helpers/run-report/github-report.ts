import { annotation } from '../report/github';
import { hasFailed, isFlaky } from './attempts';
import type { ClaimModel, RunModel } from './run-model';
import { rerunCommand, testName } from './test-name';

/**
 * Workflow commands of GitHub Actions: an error at the line of each claim that failed, and for
 * each other reason of the exit code; a warning for each flaky claim.
 */
export const githubReport = (run: RunModel): string =>
  [
    ...run.claims.filter(hasFailed).map((claim) => claimLine('error', claim)),
    ...run.claims.filter(isFlaky).map((claim) => claimLine('warning', claim)),
    ...(run.exit === 0 ? [] : run.reasons).map((reason) => annotation('error', { title: `Run ${run.run}` }, reason)),
  ]
    .map((line) => `${line}\n`)
    .join('');

function claimLine(level: 'error' | 'warning', claim: ClaimModel): string {
  const failure = claim.failure ?? claim.attempts.findLast((attempt) => attempt.failure !== null)?.failure ?? null;
  const [, line, col] = /:(\d+):(\d+)$/.exec(failure?.at ?? '') ?? [];
  const place = line === undefined ? {} : { line: Number(line), col: Number(col) };
  const text = [
    ...(level === 'warning' ? ['it failed, and passed when it ran again'] : []),
    failure?.summary ?? claim.result,
    `again: ${failure?.rerun ?? rerunCommand(claim, '')}`,
  ].join('\n');
  return annotation(level, { title: testName(claim), file: claim.file, ...place }, text);
}
