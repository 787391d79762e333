import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Policy } from '../../tools/gate/policy';
import { withRepeated, type JobResults, type TestAttempt, type TestResult } from '../../tools/gate/results';
import { messageOf } from '../../helpers/errors';
import { readJestReport, type JestReport, type JestTest } from '../../helpers/jest/jest-report';
import { isSystemTestFile, systemTestId } from '../../helpers/scenario/names';
import { parseRecords, type TestRecord } from '../../helpers/scenario/test-records';
import { usageError } from '../failures';
import { resultFiles } from '../../tools/gate/run/run-report';
import { readRunReport } from './run/read-run-report';

/** Parsed options: which results are meant. */
export interface ResultFlags {
  readonly results?: readonly string[];
  /** `report.json` of a run of the gate. */
  readonly report?: string;
}

/** `JOB=FILE` of each result file, those beside the report first. Throws GateError. */
export function resultArguments({ results = [], report }: ResultFlags): string[] {
  if (report === undefined) return [...results];
  const files = resultFiles(readRunReport(report));
  return [...files.map((file) => `${file.job}=${join(dirname(report), basename(file.report))}`), ...results];
}

/**
 * Reads `JOB=FILE` arguments: result files of the suite (`.jsonl`), or Jest's (`.json`). A later
 * file of a job has tests that were repeated: one that failed first, and passes there, is flaky.
 * Throws CommandError.
 */
export function readJobResults(args: readonly string[], policy: Policy): JobResults {
  const jobs = jobsOf(policy);
  const results: Record<string, readonly TestAttempt[]> = {};
  for (const arg of args) {
    const { job, path } = parseArgument(arg, jobs);
    results[job] = withRepeated(results[job] ?? [], readFile(path));
  }
  return results;
}

export const jobsOf = ({ checks }: Policy): string[] => [...new Set(checks.flatMap(({ jobs }) => jobs))];

function parseArgument(arg: string, jobs: readonly string[]): { job: string; path: string } {
  const [, named, path] = /^([^=/]+)=(.+)$/s.exec(arg) ?? [undefined, undefined, arg];
  const job = named ?? (jobs.length === 1 ? jobs[0]! : undefined);
  if (job === undefined) throw usageError(`--results ${arg} names no job: use JOB=FILE with ${jobs.join(', ')}`);
  if (!jobs.includes(job)) throw usageError(`--results ${arg}: the policy has no job ${job}: use ${jobs.join(', ')}`);
  return { job, path: path };
}

function readFile(path: string): TestAttempt[] {
  try {
    if (path.endsWith('.json')) return fromJest(readJestReport(path));
    return parseRecords(readFileSync(path, 'utf8')).flatMap(fromRecord);
  } catch (error) {
    throw usageError(`RESULTS_INVALID: ${path}: ${messageOf(error)}`);
  }
}

const OUTCOMES: Readonly<Record<TestRecord['class'], TestResult['outcome'] | null>> = {
  passed: 'passed',
  failed: 'failed',
  environment: 'failed',
  'known red': 'not proven',
  'not proven': 'not proven',
  'not selected': null,
};

function fromRecord({ id, title, class: result }: TestRecord): TestAttempt[] {
  const outcome = OUTCOMES[result];
  return outcome === null ? [] : [{ id, outcome, key: `${id} ${title}`, file: '' }];
}

const KNOWN_RED = '(declared as known red)';

/** Without tests that did not run: the report does not state why. */
const fromJest = ({ testResults }: JestReport): TestAttempt[] =>
  testResults.flatMap((file) =>
    file.assertionResults.length === 0 && file.status === 'failed'
      ? [{ id: file.name, outcome: 'failed', key: file.name, file: file.name }]
      : file.assertionResults.flatMap((test) => attemptOf(file.name, test)),
  );

function attemptOf(file: string, { title, fullName, status }: JestTest): TestAttempt[] {
  const outcome = outcomeOf(title, status);
  if (outcome === null) return [];
  const id = isSystemTestFile(file) ? systemTestId(file, title) : title.split(' ', 1)[0]!;
  return [{ id, outcome, key: `${file} ${fullName}`, file }];
}

function outcomeOf(title: string, status: string): TestResult['outcome'] | null {
  if (status === 'failed') return 'failed';
  if (status !== 'passed') return null;
  return title.endsWith(KNOWN_RED) ? 'not proven' : 'passed';
}
