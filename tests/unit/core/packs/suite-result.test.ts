import { packResult } from '../../../../platform/core/packs/pack-result';
import { suiteResult, type SuiteRun } from '../../../../platform/core/packs/suite-result';
import type { SuitePlan } from '../../../../platform/core/packs/testing-block';

const PLAN: SuitePlan = {
  name: 'all',
  runner: 'script',
  entryPoint: 'tests/all.sh',
  timeoutSeconds: 5,
  format: 'simple',
};
const runOf = (stdout: string, more: Partial<SuiteRun> = {}): SuiteRun => ({
  stdout,
  stderr: '',
  tails: { stdout: 'end of stdout', stderr: 'end of stderr' },
  problem: null,
  durationMs: 7,
  ...more,
});
const FAILED = { problem: 'The program exited with code 3' };
const tap = (run: SuiteRun) => suiteResult({ ...PLAN, runner: 'node', format: 'tap' }, run);

const OUTPUT = { durationMs: 7, stdout: 'end of stdout', stderr: 'end of stderr' };

test('a script without counts is one test, with its output', () => {
  expect(suiteResult(PLAN, runOf('fine\n'))).toEqual({
    name: 'all',
    runnerType: 'script',
    total: 1,
    passed: 1,
    failed: 0,
    skipped: 0,
    durationMs: 7,
    testCases: [{ name: 'all', status: 'passed', errorMessage: null, ...OUTPUT }],
  });
  expect(suiteResult(PLAN, runOf('', FAILED))).toMatchObject({
    total: 1,
    passed: 0,
    failed: 1,
    testCases: [{ name: 'all', status: 'error', errorMessage: FAILED.problem, ...OUTPUT }],
  });
});

test.each([
  ['Total Tests: 5\nPassed: 3\nFailed: 1\nSkipped: 1\n', {}, { total: 5, passed: 3, failed: 1, skipped: 1 }],
  ['total: 5\nfailed = 2\n', {}, { total: 5, passed: 3, failed: 2, skipped: 0 }],
  ['Passed: 1\nPassed: 2\n', {}, { total: 2, passed: 2, failed: 0, skipped: 0 }],
  ['Passed: 3\n', FAILED, { total: 4, passed: 3, failed: 1, skipped: 0 }],
  ['Passed: 0\n', {}, { total: 1, passed: 0, failed: 1, skipped: 0 }],
])('a script that prints %j has counts', (stdout, more, counts) => {
  expect(suiteResult(PLAN, runOf(stdout, more))).toMatchObject(counts);
});

test('counts of failed tests are a case that failed', () => {
  expect(suiteResult(PLAN, runOf('Passed: 1\nFailed: 2\n')).testCases).toEqual([
    { name: 'all', status: 'failed', errorMessage: '2 failed', ...OUTPUT },
  ]);
});

test('a program that reports no failure and fails is a failed test more', () => {
  const suite = tap(runOf('ok 1 - one\n1..1\n', FAILED));

  expect(suite).toMatchObject({ total: 2, passed: 1, failed: 1 });
  expect(suite.testCases.map(({ name, status, errorMessage }) => [name, status, errorMessage])).toEqual([
    ['all', 'failed', FAILED.problem],
    ['one', 'passed', null],
  ]);
});

test.each([
  ['a failed test and exit 1', 'not ok 1 - one\n1..1\n', FAILED, 1, [['one', 'failed', null]]],
  ['no result', 'nothing\n', {}, 1, [['all', 'error', 'no test ran']]],
  ['no result and exit 3', 'nothing\n', FAILED, 1, [['all', 'error', FAILED.problem]]],
  ['no tests', '1..0\n', {}, 1, [['all', 'error', 'no test ran']]],
])('%s: the suite has failed', (_what, stdout, more, failed, cases) => {
  const suite = tap(runOf(stdout, more));

  expect([suite.total, suite.failed]).toEqual([1, failed]);
  expect(suite.testCases.map(({ name, status, errorMessage }) => [name, status, errorMessage])).toEqual(cases);
});

test('of many cases, those that failed are kept, and the first messages', () => {
  const passed = Array.from({ length: 300 }, (_, index) => `ok ${index} - passes`).join('\n');
  const failed = Array.from({ length: 60 }, (_, index) => `not ok ${index} - fails\n  ---\n  error: e\n  ...`).join(
    '\n',
  );

  const suite = tap(runOf(`${passed}\n${failed}\n1..360\n`, FAILED));

  expect([suite.total, suite.failed, suite.testCases.length]).toEqual([360, 60, 200]);
  expect(suite.testCases.filter(({ status }) => status === 'failed')).toHaveLength(60);
  expect(suite.testCases.filter(({ errorMessage }) => errorMessage !== null)).toHaveLength(50);
});

test('a long name is cut between characters', () => {
  const { testCases } = tap(runOf(`ok 1 - ${'a'.repeat(299)}😀\n1..1\n`));

  expect(testCases[0]!.name).toBe(`${'a'.repeat(299)}\uFFFD`);
});

const TIMES = { executionTime: '2026-01-27T10:00:00Z', durationMs: 9 };

test('a pack has the sums of its suites, and fails with one of them', () => {
  const suites = [suiteResult(PLAN, runOf('Passed: 3\n')), suiteResult(PLAN, runOf('Failed: 1\n'))];

  expect(packResult({ ref: 'sums', version: '1.0.0' }, suites, TIMES)).toEqual({
    packRef: 'sums',
    packVersion: '1.0.0',
    status: 'failed',
    ...TIMES,
    totalTests: 4,
    passed: 3,
    failed: 1,
    skipped: 0,
    passRate: 0.75,
    testSuites: suites,
  });
});

test('a pack without a failed test has passed', () => {
  const suites = [suiteResult(PLAN, runOf('Passed: 1\nSkipped: 1\n'))];

  expect(packResult({ ref: 'sums', version: '1.0.0' }, suites, TIMES)).toMatchObject({
    status: 'passed',
    totalTests: 2,
    passRate: 0.5,
  });
});
