import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { NullableText } from '../../contract/json';
import { messageOf } from '../errors';
import { firstLine } from '../line-of-text';
import { makeDirectory } from '../make-directory';
import { readJsonFile } from '../read-json-file';
import { Durations } from './durations';
import type { FileResult } from './file-result';

const FailedTest = Type.Object({
  file: Type.String({ description: 'path in the project' }),
  /** Its full name; null: the file itself failed, outside its tests. */
  test: NullableText,
  message: Type.String({ description: 'first line of its error' }),
});
export type FailedTest = Static<typeof FailedTest>;

/** What the last runs found, `results/last-run.json`. */
const LastRun = Type.Object({
  /** When the latest of them ended, UTC. */
  finished_at: Type.String(),
  /** The tests that failed the last time they ran. */
  failed: Type.Array(FailedTest),
  /** Of each file in the last run in which all of its tests ran and passed, seconds. */
  durations: Durations,
});
export type LastRun = Static<typeof LastRun>;

const NEVER: LastRun = { finished_at: '', failed: [], durations: {} };

const pathIn = (directory: string): string => join(directory, 'last-run.json');

/** Reads the file; without one, nothing failed. Throws where it is not one of this version. */
export const readLastRun = (directory: string): LastRun =>
  existsSync(pathIn(directory)) ? readJsonFile(LastRun, pathIn(directory)) : NEVER;

/**
 * As `readLastRun`, for what is only faster with it: a file of another version counts as none, and
 * `report` receives a line about it.
 */
export function readLastRunIfValid(directory: string, report: (line: string) => void): LastRun {
  try {
    return readLastRun(directory);
  } catch (error) {
    report(`${pathIn(directory)} is ignored, and replaced at the end of the run: ${messageOf(error)}`);
    return NEVER;
  }
}

/** The results of one run. */
export interface FinishedRun {
  readonly files: readonly FileResult[];
  /** Of the project. */
  readonly root: string;
  /** `-t` excluded tests. */
  readonly isPartial: boolean;
}

/**
 * Adds a run to what the last ones found. The file appears complete. Throws what the system
 * throws.
 */
export function writeLastRun(directory: string, previous: LastRun, run: FinishedRun): void {
  const merged = mergeRun(previous, run, (file) => existsSync(resolve(run.root, file)));
  makeDirectory(directory);
  const draft = `${pathIn(directory)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ ...merged, finished_at: new Date().toISOString() }, null, 2)}\n`);
  renameSync(draft, pathIn(directory));
}

/** Path in the project; of a file outside it, the absolute one. */
export function projectPath(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside.split(sep).join('/');
}

/** What was found before stays for files and tests that did not run this time, and still exist. */
export function mergeRun(
  previous: LastRun,
  { files, root, isPartial }: FinishedRun,
  exists: (file: string) => boolean,
): Pick<LastRun, 'failed' | 'durations'> {
  const byFile = new Map(files.map((result) => [projectPath(root, result.testFilePath), result]));
  const isStillFailed = ({ file, test }: FailedTest): boolean => {
    const result = byFile.get(file);
    if (!result) return exists(file);
    return isPartial && result.testResults.some(({ fullName, status }) => fullName === test && !wasRun(status));
  };
  const passed = isPartial ? [] : [...byFile].filter(([, result]) => hasPassed(result));
  const durations = { ...previous.durations, ...Object.fromEntries(passed.map(([file, r]) => [file, secondsOf(r)])) };
  return {
    failed: [
      ...previous.failed.filter(isStillFailed),
      ...[...byFile].flatMap(([file, result]) => failedTests(file, result)),
    ],
    durations: Object.fromEntries(Object.entries(durations).filter(([file]) => exists(file))),
  };
}

const wasRun = (status: string): boolean => status === 'passed' || status === 'failed';

const secondsOf = ({ perfStats }: FileResult): number => perfStats.runtime / 1_000;

const hasPassed = ({ testExecError, testResults }: FileResult): boolean =>
  !testExecError &&
  testResults.some(({ status }) => status === 'passed') &&
  testResults.every(({ status }) => status !== 'failed');

function failedTests(file: string, { testExecError, failureMessage, testResults }: FileResult): FailedTest[] {
  const tests = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({ file, test: fullName, message: firstLine(failureMessages[0] ?? '') }));
  return testExecError ? [...tests, { file, test: null, message: firstLine(failureMessage ?? '') }] : tests;
}
