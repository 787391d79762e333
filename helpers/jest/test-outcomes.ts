import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { CaseOutcome, JunitCase, JunitSuite } from '../report/junit';
import { scenarioName } from '../scenario/names';
import type { TestRecord } from '../scenario/test-records';
import type { RunFacts } from '../target/run-facts';
import { knownRedReason, notProvenReason } from './summary-lines';

/** The part of Jest's result of a file that is read. */
export interface FileResult {
  readonly testFilePath: string;
  /** Why the file could not be run. */
  readonly failureMessage?: string | null;
  /** Set where the file failed outside its tests. */
  readonly testExecError?: unknown;
  /** Epoch ms, and ms. */
  readonly perfStats: { readonly start: number; readonly runtime: number };
  readonly testResults: readonly {
    readonly status: string;
    readonly title: string;
    readonly fullName: string;
    readonly duration?: number | null;
    readonly failureMessages: readonly string[];
  }[];
}

type TestResult = FileResult['testResults'][number];

/** What a run recorded; null facts: a run without a target. */
export interface RecordedRun {
  readonly run: RunFacts | null;
  readonly records: readonly TestRecord[];
}

/** The results of the files of a run. Tests that were not selected are left out. */
export const suitesOf = (files: readonly FileResult[], root: string, recorded: RecordedRun): JunitSuite[] =>
  files
    .map((file) => ({
      file: relative(root, file.testFilePath),
      startedAt: new Date(file.perfStats.start).toISOString(),
      seconds: file.perfStats.runtime / 1_000,
      cases: file.testResults.length === 0 ? unrunFile(file) : casesOf(file, recorded),
    }))
    .filter(({ cases }) => cases.length > 0);

function unrunFile({ failureMessage }: FileResult): JunitCase[] {
  if (!failureMessage) return [];
  return [{ title: 'the file can be run', seconds: 0, outcome: failed('error', failureMessage) }];
}

const casesOf = (file: FileResult, recorded: RecordedRun): JunitCase[] =>
  file.testResults.flatMap((test) => {
    const outcome = outcomeOf(test, recordOf(test, file, recorded.records), recorded.run);
    return outcome === null ? [] : [{ title: test.fullName, seconds: (test.duration ?? 0) / 1_000, outcome }];
  });

/** Null: the test was not selected. */
function outcomeOf(
  { status, failureMessages }: TestResult,
  record: TestRecord | undefined,
  run: RunFacts | null,
): CaseOutcome | null {
  if (status === 'failed')
    return failed(record?.class === 'environment' ? 'error' : 'failure', failureMessages.join('\n\n'));
  if (run && record?.class === 'known red')
    return { is: 'skipped', message: `known red: ${knownRedReason(run, record)}`, evidence: record.error ?? '' };
  if (status === 'passed') return { is: 'passed' };
  if (run && record?.class === 'not proven')
    return { is: 'skipped', message: `not proven (${record.missing.join(', ')}): ${notProvenReason(run, record)}` };
  return null;
}

function failed(is: 'failure' | 'error', text: string): CaseOutcome {
  const evidence = stripVTControlCharacters(text);
  return { is, message: evidence.split('\n', 1)[0]!, evidence };
}

/** The record of a claim, whose title in Jest begins with its id, or of a system test. */
const recordOf = (test: TestResult, { testFilePath }: FileResult, records: readonly TestRecord[]) =>
  records.find(
    ({ id, title }) =>
      test.title.startsWith(`${id} ${title}`) ||
      (test.title.startsWith(title) && id.split('/')[0] === scenarioNameOrNull(testFilePath)),
  );

const scenarioNameOrNull = (path: string): string | null =>
  /tests[/\\]e2e[/\\]/.test(path) ? scenarioName(path) : null;
