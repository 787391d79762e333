import { countsOf, isFlaky, stepFailure, type Attempt, type RepeatedTest, type StepResult } from './attempts';
import type { Flake } from './flakes';

/** What is known about a run of the gate, or of a slice of the proof. */
export interface RunFacts {
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Directory of the outputs, relative to the root. */
  readonly directory: string;
}

/** All that a run has shown. */
export interface RunResults {
  readonly results: readonly StepResult[];
  readonly tests: readonly RepeatedTest[];
  /** Why failed tests were not repeated. */
  readonly refused: string | null;
  /** Ids of pieces of the proof that did not run. */
  readonly notRun: readonly string[];
}

/** A test that failed at least once. */
interface ReportedTest {
  readonly test: string;
  readonly file: string;
  readonly step: string;
  readonly job: string | null;
  readonly result: 'flaky' | 'failed';
  readonly attempts: readonly Omit<Attempt, 'evidence'>[];
}

interface ReportedStep {
  readonly name: string;
  readonly command: string;
  readonly job: string | null;
  readonly result: 'passed' | 'flaky' | 'failed';
  /** Why it failed, where that is not a failed test. */
  readonly failure: string | null;
  readonly exit: number | null;
  readonly seconds: number;
  readonly planned: number | null;
  readonly load: number;
  readonly output: string;
  readonly report: string | null;
}

/** `report.json` of a run. */
export interface RunReport extends RunFacts {
  readonly verdict: 'passed' | 'failed';
  readonly passed: number;
  readonly failed: number;
  readonly steps: readonly ReportedStep[];
  readonly tests: readonly ReportedTest[];
  readonly not_repeated: string | null;
  readonly not_run: readonly string[];
}

/** Name of the report in the directory of a run. */
export const REPORT_FILE = 'report.json';

export function reportOf(facts: RunFacts, { results, tests, refused, notRun }: RunResults): RunReport {
  const counts = countsOf(results, tests);
  return {
    ...facts,
    verdict: counts.failed === 0 ? 'passed' : 'failed',
    ...counts,
    steps: results.map((result) => reportedStep(result, tests)),
    tests: tests.map(reportedTest),
    not_repeated: refused,
    not_run: notRun,
  };
}

function reportedStep(result: StepResult, tests: readonly RepeatedTest[]): ReportedStep {
  const { step, command, planned, code: exit, seconds, load, output, report } = result;
  const own = tests.filter((test) => test.step === step);
  const failure = stepFailure(result);
  const hasFailed = failure !== null || own.some((test) => !isFlaky(test));
  const outcome = own.length > 0 ? 'flaky' : 'passed';
  const base = { name: step.name, command, job: step.job ?? null, result: hasFailed ? 'failed' : outcome } as const;
  return { ...base, failure, exit, seconds, planned, load, output, report };
}

const reportedTest = (test: RepeatedTest): ReportedTest => ({
  test: test.name,
  file: test.file,
  step: test.step.name,
  job: test.step.job ?? null,
  result: isFlaky(test) ? 'flaky' : 'failed',
  attempts: [test.first, ...(test.second ? [test.second] : [])].map(withoutEvidence),
});

const withoutEvidence = ({
  status,
  message,
  seconds,
  load,
  output,
  report,
}: Attempt): ReportedTest['attempts'][number] => ({
  status,
  message,
  seconds,
  load,
  output,
  report,
});

/** The flakes of a run, as the list has them. */
export const flakesOf = ({ tests, commit, startedAt }: RunReport): Flake[] =>
  tests
    .filter(({ result }) => result === 'flaky')
    .map(({ test, file, attempts: [first] }) => ({
      test,
      file,
      commit,
      date: startedAt.slice(0, 10),
      message: first?.message ?? '',
      load: first?.load ?? 0,
    }));

/** A file with Jest's results. */
interface ResultFile {
  readonly job: string;
  readonly report: string;
}

/** Those of all attempts, in their order. */
export const resultFiles = ({ steps, tests }: RunReport): ResultFile[] =>
  [...steps, ...tests.map(({ job, attempts: [, second] }) => ({ job, report: second?.report ?? null }))].flatMap(
    ({ job, report }) => (job !== null && report !== null ? [{ job, report }] : []),
  );

/** The last lines of runs, which name all failures and flakes. The last one has the counts. */
export const lastLines = (reports: readonly RunReport[], notRun: readonly string[]): string[] => [
  ...reports.flatMap(({ steps }) => steps.flatMap(failedStepLines)),
  ...reports.flatMap(({ tests }) => tests.flatMap(testLines)),
  ...reports.flatMap(({ not_repeated: refused }) => refused ?? []),
  ...reports.flatMap(({ steps }) => steps.flatMap(slowLines)),
  ...(notRun.length === 0 ? [] : [`not run of the proof: ${piecesText(notRun)}`]),
  ...reports.flatMap(hintLines),
  `${sum(reports, 'passed')} passed, ${sum(reports, 'failed')} failed`,
];

const sum = (reports: readonly RunReport[], name: 'passed' | 'failed'): number =>
  reports.reduce((total, report) => total + report[name], 0);

const failedStepLines = ({ failure, output }: ReportedStep): string[] =>
  failure === null ? [] : [`FAILED: ${failure}`, `  output: ${output}`];

const testLines = ({ test, file, step, result, attempts }: ReportedTest): string[] => [
  `${result === 'flaky' ? 'FLAKY, passed alone' : 'FAILED'}: ${test} (${file})`,
  `  ${step}: ${attempts[0]?.message ?? ''}`,
  `  outputs: ${attempts.map(({ output }) => output).join(' ')}`,
];

/** A piece is slow from this multiple of its seconds on: its slice takes longer than stated. */
const SLOW = 1.25;

const slowLines = ({ name, seconds, planned }: ReportedStep): string[] =>
  planned === null || seconds < SLOW * planned ? [] : [`slow: ${name} took ${seconds.toFixed(0)} s of ${planned} s`];

const hintLines = (report: RunReport): string[] =>
  flakesOf(report).length === 0
    ? []
    : [`to list the flakes: npx tuningfork gate flake --report ${report.directory}/${REPORT_FILE}`];

/** `faults (30), ssh`: the pieces of each part. */
export function piecesText(ids: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(partOf(id), (counts.get(partOf(id)) ?? 0) + 1);
  return [...counts].map(([part, count]) => (ids.includes(part) ? part : `${part} (${count})`)).join(', ');
}

const partOf = (id: string): string => id.split(' ', 1)[0]!;
