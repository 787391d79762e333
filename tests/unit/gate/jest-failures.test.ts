import { failuresIn, passedTests } from '../../../cli/gate/run/jest-failures';
import type { JestReport } from '../../../helpers/jest/jest-report';

const testOf = (title: string, status: string, failureMessages: string[] = []) => ({
  title,
  fullName: `block ${title}`,
  status,
  duration: 1_500,
  failureMessages,
});

const fileOf = (name: string, status: string, message: string, assertionResults: ReturnType<typeof testOf>[]) => ({
  name: `/clone/tests/${name}.test.ts`,
  status,
  message,
  assertionResults,
  startTime: 0,
  endTime: 1_500,
});

const REPORT: JestReport = {
  testResults: [
    fileOf('a', 'failed', '', [
      testOf('a', 'passed'),
      testOf('b', 'failed', ['\u001b[31mred\u001b[39m', 'also']),
      testOf('c', 'pending'),
    ]),
    fileOf('b', 'failed', 'cannot load', []),
    fileOf('c', 'failed', 'afterAll', [testOf('d', 'passed')]),
    fileOf('d', 'passed', '', [testOf('e', 'passed')]),
  ],
};

test('failed tests are found, and files that failed without one', () => {
  expect(failuresIn(REPORT, '/clone')).toEqual([
    { extent: 'test', name: 'block b', file: 'tests/a.test.ts', evidence: 'red\n\nalso', seconds: 1.5 },
    { extent: 'file', name: 'tests/b.test.ts', file: 'tests/b.test.ts', evidence: 'cannot load', seconds: 0 },
    { extent: 'file', name: 'tests/c.test.ts', file: 'tests/c.test.ts', evidence: 'afterAll', seconds: 0 },
  ]);
});

test('only tests that ran and passed are counted', () => {
  expect(passedTests(REPORT)).toBe(3);
});
