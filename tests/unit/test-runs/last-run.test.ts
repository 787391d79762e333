import { mergeRun, type LastRun } from '../../../helpers/jest/last-run';
import type { FileResult } from '../../../helpers/jest/file-result';

const result = (file: string, outcomes: Readonly<Record<string, string>>, error?: string): FileResult => ({
  testFilePath: `/clone/${file}`,
  ...(error !== undefined && { testExecError: {}, failureMessage: error }),
  perfStats: { start: 0, runtime: 2_500 },
  testResults: Object.entries(outcomes).map(([fullName, status]) => ({
    fullName,
    title: fullName,
    status,
    failureMessages: status === 'failed' ? [`\u001b[31m\nError: ${fullName} broke\u001b[39m\n  at line 1`] : [],
  })),
});

const PREVIOUS: LastRun = {
  finished_at: '2026-11-20T08:00:00.000Z',
  failed: [
    { file: 'a.test.ts', test: 'one', message: 'old' },
    { file: 'a.test.ts', test: 'two', message: 'old' },
    { file: 'b.test.ts', test: null, message: 'old' },
  ],
  durations: { 'a.test.ts': 1, 'b.test.ts': 4 },
};

const merged = (files: readonly FileResult[], isPartial = false, exists: (file: string) => boolean = () => true) =>
  mergeRun(PREVIOUS, { files, root: '/clone', isPartial }, exists);

test('a test is among the failed until it passes', () => {
  expect(merged([result('a.test.ts', { one: 'passed', two: 'failed' })]).failed).toEqual([
    { file: 'b.test.ts', test: null, message: 'old' },
    { file: 'a.test.ts', test: 'two', message: 'Error: two broke' },
  ]);
});

test('a failed test that -t excludes stays, one that is gone does not', () => {
  const { failed, durations } = merged([result('a.test.ts', { one: 'pending', three: 'passed' })], true);

  expect(failed).toEqual([
    { file: 'a.test.ts', test: 'one', message: 'old' },
    { file: 'b.test.ts', test: null, message: 'old' },
  ]);
  expect(durations).toEqual(PREVIOUS.durations);
});

test('a file that fails outside its tests is recorded without a test', () => {
  const { failed } = merged([result('b.test.ts', { one: 'passed' }, 'objects are left\n  more')]);

  expect(failed.at(-1)).toEqual({ file: 'b.test.ts', test: null, message: 'objects are left' });
});

test('the message of a failed test has no part of a secret of several lines', () => {
  process.env.LAST_RUN_SECRET = 'line-one-of-it\nline-two-of-it';
  try {
    const { failed } = merged([result('b.test.ts', {}, 'rejected: line-one-of-it\nline-two-of-it')]);

    expect(failed.at(-1)).toEqual({ file: 'b.test.ts', test: null, message: 'rejected: ***' });
  } finally {
    delete process.env.LAST_RUN_SECRET;
  }
});

test('the durations are those of files whose tests passed', () => {
  const files = [
    result('a.test.ts', { one: 'passed', two: 'pending' }),
    result('b.test.ts', { one: 'failed', two: 'passed' }),
    result('c.test.ts', { one: 'pending' }),
  ];

  expect(merged(files).durations).toEqual({ 'a.test.ts': 2.5, 'b.test.ts': 4 });
});

test('files that are gone are forgotten', () => {
  expect(merged([], false, (file) => file === 'b.test.ts')).toEqual({
    failed: [{ file: 'b.test.ts', test: null, message: 'old' }],
    durations: { 'b.test.ts': 4 },
  });
});
