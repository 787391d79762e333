import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** A test in the report of `npx jest --json`. */
export interface JestTest {
  readonly title: string;
  /** With the titles of the blocks around it. */
  readonly fullName: string;
  readonly status: string;
  /** ms */
  readonly duration?: number | null;
  readonly failureMessages: readonly string[];
}

/** The part of the report that the gate reads. */
export interface JestReport {
  readonly testResults: readonly JestFile[];
}

interface JestFile {
  /** Absolute path of the file. */
  readonly name: string;
  readonly status?: string;
  /** Why the file failed. */
  readonly message?: string;
  /** Epoch ms. */
  readonly startTime?: number;
  readonly endTime?: number;
  readonly assertionResults: readonly JestTest[];
}

/** Null: Jest has written none. */
export const readJestReport = (path: string): JestReport | null =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as JestReport) : null;

export const passedTests = ({ testResults }: JestReport): number =>
  testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'passed').length;

/** A failed test, or a file that failed without one. */
interface Failure {
  readonly extent: 'test' | 'file';
  /** Of the test, with the titles around it; of a file its path. */
  readonly name: string;
  /** Relative to the root. */
  readonly file: string;
  readonly evidence: string;
  readonly seconds: number;
}

export const failuresIn = ({ testResults }: JestReport, root: string): Failure[] =>
  testResults.flatMap(({ name, status, message = '', assertionResults }): Failure[] => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed')
      return [{ extent: 'file', name: file, file, evidence: stripVTControlCharacters(message), seconds: 0 }];
    return failed.map(({ fullName, duration, failureMessages }) => ({
      ...{ extent: 'test', name: fullName, file, seconds: (duration ?? 0) / 1_000 },
      evidence: stripVTControlCharacters(failureMessages.join('\n\n')),
    }));
  });
