import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { readJestReport, type JestTest } from '../../../helpers/jest/jest-report';
import type { CensusLine } from '../../../helpers/scenario/census';
import { seenText } from '../../../helpers/run-report/seen-text';
import { systemTestId } from '../../../helpers/scenario/names';
import { isOnPlatform, isSystemScenario } from '../system-scenarios';

/** Jest's report of a run, in the copy of the project. */
export const REPORT = 'detect-report.json';

/**
 * `red`: the claim failed. `environment`: it could not decide on this host, Jest's own limit ended
 * it, or it did not run. Of several tests under one id the failed one counts.
 */
type Outcome = 'red' | 'green' | 'environment';

export interface ClaimResult {
  readonly claim: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** The first line of the error; empty for a claim that passed. */
  readonly evidence: string;
}

/**
 * The result of each claim, from Jest's report and the records of the run. Where a failure ended
 * the run, Jest writes no report: its output then has the evidence.
 */
export function readClaimResults(root: string, claims: readonly CensusLine[], output: string): ClaimResult[] {
  const records = readClaimRuns(root);
  const path = join(root, REPORT);
  const assertions = existsSync(path) ? readAssertions(path) : [];
  return claims.map((claim) => {
    const { id } = claim;
    const tests = assertions.filter(({ title }) => title.startsWith(`${id} `));
    const assertion = tests.find(({ status }) => status === 'failed') ?? tests[0];
    if (!isOnPlatform(claim) && assertion) return resultOf(id, assertion, 'failed');
    const own = records.filter((record) => isOnPlatform(claim) && record.id === recordId(claim));
    const record = own.find((each) => each.class === 'failed') ?? own[0];
    if (assertion) return resultOf(id, assertion, record?.class);
    return record && !existsSync(path) ? resultOfRecord({ ...record, id }, output) : notRun(id, startFailure(output));
  });
}

/** Of a system test: `s3_lease/S3-07`. */
const recordId = ({ id, file }: CensusLine): string => (isSystemScenario({ file }) ? systemTestId(file, `${id} `) : id);

const readAssertions = (path: string): JestTest[] =>
  readJestReport(path).testResults.flatMap(({ assertionResults }) => assertionResults);

const OUTCOME_OF_CLASS: Readonly<Record<string, Outcome>> = { passed: 'green', failed: 'red' };

/** The result of a claim that only its record reports. */
export function resultOfRecord({ id, class: recordedClass, from, to }: ClaimRecord, output: string): ClaimResult {
  const outcome = OUTCOME_OF_CLASS[recordedClass] ?? 'environment';
  const [, message = ''] = stripVTControlCharacters(output).split(new RegExp(`● ${id.replace('.', '\\.')} .*`));
  const evidence = outcome === 'green' ? '' : firstLine(message);
  return { claim: id, outcome, seconds: (to - from) / 1_000, evidence };
}

/** When a claim ran, with its cleanup, epoch ms. */
export interface ClaimRun {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** The part of a record of the suite that is read. */
interface ClaimRecord extends ClaimRun {
  readonly class: string;
}

/**
 * The records that the reporter wrote. Without a time, only Jest observed the failure: its own
 * limit, or the wait for a lock, ended the claim.
 */
export function readClaimRuns(root: string): ClaimRecord[] {
  const directory = join(root, 'results');
  const files = existsSync(directory) ? readdirSync(directory).filter((file) => file.endsWith('.jsonl')) : [];
  const lines = files.flatMap((file) => readFileSync(join(directory, file), 'utf8').split('\n'));
  const records = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Partial<ClaimRecord>);
  return records.filter((record): record is ClaimRecord => record.from !== undefined);
}

export function resultOf(
  claim: string,
  assertion: Omit<JestTest, 'fullName'>,
  recordedClass: string | undefined,
): ClaimResult {
  const { status, duration, failureMessages } = assertion;
  const evidence = firstLine(failureMessages[0] ?? '');
  const result = { claim, seconds: (duration ?? 0) / 1_000, evidence };
  if (status === 'passed') return { ...result, outcome: 'green' };
  if (status !== 'failed') return notRun(claim, `Jest: ${status}; ${recordedClass ?? 'no record'}`);
  return { ...result, outcome: recordedClass === 'failed' ? 'red' : 'environment' };
}

const NOT_RUN = 'not run: ';

const notRun = (claim: string, evidence: string): ClaimResult => ({
  claim,
  outcome: 'environment',
  seconds: 0,
  evidence: `${NOT_RUN}${evidence}`,
});

/** Whether the claim was run at all: else it decided nothing because nothing was there. */
export const wasRun = ({ evidence }: ClaimResult): boolean => !evidence.startsWith(NOT_RUN);

/** Whether the test was left out because its host lacks what it needs: an engine, for example. */
export const wasSkipped = ({ evidence }: ClaimResult): boolean => evidence.startsWith(`${NOT_RUN}Jest: pending`);

/** Why the run ended before its first test. */
function startFailure(output: string): string {
  const lines = stripVTControlCharacters(output).split('\n');
  return (
    lines.find((line) => line.startsWith('tuningfork: ')) ?? lines.find((line) => line.trim() !== '') ?? 'no output'
  );
}

/** The values of an expectation that failed, or the first lines in which they differ. */
const VALUE_LINE = /^(Expected|Received)|^[-+] (?!Expected |Received )/;

/**
 * An expectation that failed has its values some lines below the first one, and an error of the
 * platform what was logged.
 */
export function firstLine(message: string): string {
  const text = stripVTControlCharacters(message)
    .trim()
    .replace(/^\w*Error: /, '');
  if (text.startsWith('PLATFORM_FAULT')) return seenText(text);
  const lines = text.split('\n').map((line) => line.trim());
  const [first = ''] = lines;
  const values = lines.filter((line) => VALUE_LINE.test(line)).slice(0, 2);
  return first.startsWith('expect(') ? [first.replace(' // deep equality', ''), ...values].join(' ') : first;
}
