import { readFileSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import type { Policy } from '../../gate/policy';
import type { JobResults, TestResult } from '../../gate/results';
import { messageOf } from '../../helpers/errors';
import { isSystemTestFile, systemTestId } from '../../helpers/scenario/names';
import { parseRecords, type TestRecord } from '../../helpers/scenario/test-records';
import { CommandError } from '../failures';

/**
 * Reads `JOB=FILE` arguments: result files of the suite (`.jsonl`), or Jest's (`.json`). A later
 * file of a job replaces the results of the tests that it contains: they were repeated. Throws
 * CommandError.
 */
export function readJobResults(args: readonly string[], policy: Policy): JobResults {
  const jobs = jobsOf(policy);
  const results: Record<string, readonly TestResult[]> = {};
  for (const arg of args) {
    const { job, path } = parseArgument(arg, jobs);
    const read = readFile(path);
    const repeated = new Set(read.map(({ id }) => id));
    results[job] = [...(results[job] ?? []).filter(({ id }) => !repeated.has(id)), ...read];
  }
  return results;
}

export const jobsOf = ({ checks }: Policy): string[] => [...new Set(checks.flatMap(({ jobs }) => jobs))];

function parseArgument(arg: string, jobs: readonly string[]): { job: string; path: string } {
  const [, named, path] = /^([^=/]+)=(.+)$/s.exec(arg) ?? [undefined, undefined, arg];
  const job = named ?? (jobs.length === 1 ? jobs[0]! : undefined);
  if (job === undefined) throw usage(`--results ${arg} names no job: use JOB=FILE with ${jobs.join(', ')}`);
  if (!jobs.includes(job)) throw usage(`--results ${arg}: the policy has no job ${job}: use ${jobs.join(', ')}`);
  return { job, path: path };
}

function readFile(path: string): TestResult[] {
  try {
    const text = readFileSync(path, 'utf8');
    return path.endsWith('.json') ? fromJest(JSON.parse(text) as JestReport) : parseRecords(text).flatMap(fromRecord);
  } catch (error) {
    throw usage(`RESULTS_INVALID: ${path}: ${messageOf(error)}`);
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

function fromRecord({ id, class: result }: TestRecord): TestResult[] {
  const outcome = OUTCOMES[result];
  return outcome === null ? [] : [{ id, outcome }];
}

/** The part of Jest's report that is read. */
interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const KNOWN_RED = '(declared as known red)';

/** Without tests that did not run: the report does not state why. */
const fromJest = ({ testResults }: JestReport): TestResult[] =>
  testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.flatMap(({ title, status }): TestResult[] => {
      const id = isSystemTestFile(name) ? systemTestId(name, title) : title.split(' ', 1)[0]!;
      if (status === 'failed') return [{ id, outcome: 'failed' }];
      if (status !== 'passed') return [];
      return [{ id, outcome: title.endsWith(KNOWN_RED) ? 'not proven' : 'passed' }];
    }),
  );

const usage = (message: string) => new CommandError(message, EXIT_CODES.usage);
