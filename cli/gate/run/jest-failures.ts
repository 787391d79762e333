import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { JestReport } from '../../../helpers/jest/jest-report';

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
  testResults.flatMap(({ name, status, message, assertionResults }): Failure[] => {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed')
      return [{ extent: 'file', name: file, file, evidence: stripVTControlCharacters(message ?? ''), seconds: 0 }];
    return failed.map(({ fullName, duration, failureMessages }) => ({
      extent: 'test',
      name: fullName,
      file,
      seconds: (duration ?? 0) / 1_000,
      evidence: stripVTControlCharacters(failureMessages.join('\n\n')),
    }));
  });
