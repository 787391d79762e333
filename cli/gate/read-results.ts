import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parseJsonFile } from '../../contract/json-text/parse-json-text';
import type { Policy } from '../../tools/gate/policy';
import {
  missingTests,
  withRepeated,
  type JobResults,
  type TestAttempt,
  type TestResult,
} from '../../tools/gate/results';
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
  const named: Record<string, readonly string[]> = {};
  for (const arg of args) {
    const { job, path } = parseArgument(arg, jobs);
    const file = readFile(path);
    results[job] = withRepeated(results[job] ?? [], file.attempts);
    named[job] = [...(named[job] ?? []), ...file.named];
  }
  const missing = missingOf(policy, named);
  return Object.fromEntries(jobs.map((job) => [job, [...(results[job] ?? []), ...missing(job)]]));
}

/** What the inventories of the checks have, and the results of a job do not name. */
function missingOf({ checks }: Policy, named: Readonly<Record<string, readonly string[]>>) {
  const inventories = checks.flatMap((check) =>
    check.inventory === undefined ? [] : [{ check, ids: readInventory(check.inventory) }],
  );
  return (job: string): TestResult[] =>
    inventories.flatMap(({ check, ids }) =>
      check.jobs.includes(job) ? missingTests(check, ids, new Set(named[job] ?? [])) : [],
    );
}

const Inventory = Type.Array(Type.Object({ id: Type.String() }));

/** Ids of tests. Throws CommandError. */
function readInventory(path: string): string[] {
  let inventory: unknown;
  try {
    inventory = parseJsonFile(readFileSync(path, 'utf8'));
  } catch (error) {
    throw usageError(`INVENTORY_INVALID: ${path}: ${messageOf(error)}`);
  }
  if (!Value.Check(Inventory, inventory)) throw usageError(`INVENTORY_INVALID: ${path}: it must be [{"id": …}, …]`);
  return inventory.map(({ id }) => id);
}

export const jobsOf = ({ checks }: Policy): string[] => [...new Set(checks.flatMap(({ jobs }) => jobs))];

function parseArgument(arg: string, jobs: readonly string[]): { job: string; path: string } {
  const [, named, path] = /^([^=/]+)=(.+)$/s.exec(arg) ?? [undefined, undefined, arg];
  const job = named ?? (jobs.length === 1 ? jobs[0]! : undefined);
  if (job === undefined) throw usageError(`--results ${arg} names no job: use JOB=FILE with ${jobs.join(', ')}`);
  if (!jobs.includes(job)) throw usageError(`--results ${arg}: the policy has no job ${job}: use ${jobs.join(', ')}`);
  return { job, path: path };
}

interface ResultFile {
  readonly attempts: readonly TestAttempt[];
  /** Ids of all of its tests, also of those that did not run. */
  readonly named: readonly string[];
}

function readFile(path: string): ResultFile {
  try {
    if (path.endsWith('.json')) return fromJest(readJestReport(path));
    const records = parseRecords(readFileSync(path, 'utf8'));
    return { attempts: records.flatMap(fromRecord), named: records.map(({ id }) => id) };
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
const fromJest = ({ testResults }: JestReport): ResultFile => ({
  attempts: testResults.flatMap((file) =>
    file.assertionResults.length === 0 && file.status === 'failed'
      ? [{ id: file.name, outcome: 'failed', key: file.name, file: file.name }]
      : file.assertionResults.flatMap((test) => attemptOf(file.name, test)),
  ),
  named: testResults.flatMap(({ name, assertionResults }) => assertionResults.map(({ title }) => idOf(name, title))),
});

const idOf = (file: string, title: string): string =>
  isSystemTestFile(file) ? systemTestId(file, title) : title.split(' ', 1)[0]!;

function attemptOf(file: string, { title, fullName, status }: JestTest): TestAttempt[] {
  const outcome = outcomeOf(title, status);
  if (outcome === null) return [];
  return [{ id: idOf(file, title), outcome, key: `${file} ${fullName}`, file }];
}

function outcomeOf(title: string, status: string): TestResult['outcome'] | null {
  if (status === 'failed') return 'failed';
  if (status !== 'passed') return null;
  return title.endsWith(KNOWN_RED) ? 'not proven' : 'passed';
}
