import { junitDocument, type CaseOutcome, type FailedAttempt, type JunitCase, type JunitSuite } from '../report/junit';
import { attemptsOf, hasFailed } from './attempts';
import type { AttemptModel, ClaimModel, RunModel } from './run-model';
import { testName } from './test-name';

/** The suite of what made a run red beside its claims. */
const RUN_SUITE = 'tests/e2e';

/**
 * The JUnit document of a run, with every attempt: a suite for each file, and one for the run
 * where something else than a claim made it red.
 */
export function junitReport(run: RunModel): string {
  const files = [...new Set(run.claims.map(({ file }) => file))];
  const suites = files.map((file) => suiteOf(file, run));
  return junitDocument([...suites, ...runSuite(run)], propertiesOf(run), (text) => text);
}

/** What the run was executed on. */
const propertiesOf = ({ run, target }: RunModel): Record<string, string> => ({
  run,
  'target.kind': target.kind,
  'target.platform': target.platform,
  'target.url': target.url,
  'target.load_factor': target.loadFactor.toFixed(1),
});

function suiteOf(file: string, run: RunModel): JunitSuite {
  const claims = run.claims.filter((claim) => claim.file === file);
  const attempts = claims.flatMap(attemptsOf);
  const from = Math.min(...attempts.map((attempt) => attempt.from ?? Infinity));
  const to = Math.max(...attempts.map((attempt) => attempt.to ?? -Infinity));
  const hasRun = from <= to;
  return {
    file,
    startedAt: isoText(hasRun ? from : run.from),
    seconds: hasRun ? (to - from) / 1_000 : 0,
    cases: claims.map(caseOf),
  };
}

const isoText = (instant: number | null): string => new Date(instant ?? 0).toISOString();

/** The first failure of a claim that failed in the end, and those after it; else those before. */
function caseOf(claim: ClaimModel): JunitCase {
  const title = testName(claim);
  const failures = attemptsOf(claim).filter(hasFailed);
  const [first, ...later] = failures;
  if (!first || !hasFailed(claim))
    return { title, seconds: claim.seconds, outcome: outcomeOf(claim), repeated: failures.map(failedAttempt) };
  const { is, message, evidence } = failedAttempt(first);
  return { title, seconds: first.seconds, outcome: { is, message, evidence }, repeated: later.map(failedAttempt) };
}

/** Of a claim that has not failed. */
function outcomeOf({ result, reason, failure }: ClaimModel): CaseOutcome {
  if (result === 'passed') return { is: 'passed' };
  return { is: 'skipped', message: `${result}: ${reason}`, ...(failure && { evidence: failure.error }) };
}

const failedAttempt = ({ result, failure }: AttemptModel): FailedAttempt => ({
  is: result === 'environment' ? 'error' : 'failure',
  message: failure?.summary ?? result,
  evidence: failure ? [failure.error, ...failure.frames].join('\n') : result,
  output: failure?.logged ?? '',
});

function runSuite({ exit, reasons, from, to }: RunModel): JunitSuite[] {
  const [message] = reasons;
  if (message === undefined || exit === 0) return [];
  const seconds = from === null || to === null ? 0 : (to - from) / 1_000;
  const outcome: CaseOutcome = { is: 'error', message, evidence: reasons.join('\n') };
  return [{ file: RUN_SUITE, startedAt: isoText(from), seconds, cases: [{ title: 'the run', seconds: 0, outcome }] }];
}
