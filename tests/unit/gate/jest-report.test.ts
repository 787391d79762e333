import { failuresIn, passedTests, type JestReport } from '../../../cli/gate/run/jest-report';

const testOf = (title: string, status: string, failureMessages: string[] = []) => ({
  ...{ title, fullName: `block ${title}`, status, duration: 1_500, failureMessages },
});

const REPORT: JestReport = {
  testResults: [
    {
      ...{ name: '/clone/tests/a.test.ts', status: 'failed' },
      assertionResults: [
        testOf('a', 'passed'),
        testOf('b', 'failed', ['\u001b[31mred\u001b[39m', 'also']),
        testOf('c', 'pending'),
      ],
    },
    { name: '/clone/tests/b.test.ts', status: 'failed', message: 'cannot load', assertionResults: [] },
    {
      name: '/clone/tests/c.test.ts',
      status: 'failed',
      message: 'afterAll',
      assertionResults: [testOf('d', 'passed')],
    },
    { name: '/clone/tests/d.test.ts', status: 'passed', message: '', assertionResults: [testOf('e', 'passed')] },
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
