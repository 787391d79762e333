import { distributionOf, type BurnInRun, type Load } from '../../../cli/burn-in/distribution';
import { distributionLines } from '../../../cli/burn-in/distribution-lines';

/** One file with the test `one`; `failure`: its message. */
function run(load: Load, duration: number, failure?: string): BurnInRun {
  const status = failure === undefined ? 'passed' : 'failed';
  const tests = [{ fullName: 'one', status, duration, failureMessages: failure === undefined ? [] : [failure] }];
  const skipped = { fullName: 'skipped', status: 'pending', duration: null, failureMessages: [] };
  return { load, exit: failure === undefined ? 0 : 1, report: reportOf(status, '', [...tests, skipped]) };
}

const reportOf = (status: string, message: string, assertionResults: object[]): BurnInRun['report'] =>
  ({
    testResults: [{ name: '/clone/a.test.ts', status, message, startTime: 0, endTime: 900, assertionResults }],
  }) as BurnInRun['report'];

const RUNS = [
  run('calm', 100),
  run('busy', 900, '\u001b[31mexpected 1\u001b[39m\n  received 2'),
  run('calm', 120),
  run('busy', 300),
  run('calm', 110),
  run('busy', 5_000, 'later'),
];

test('the distribution has the failures and durations of a test, by load', () => {
  expect(distributionOf(RUNS)).toEqual([
    {
      file: '/clone/a.test.ts',
      test: 'one',
      calm: { runs: 3, failed: 0, durations: { min: 100, median: 110, max: 120 } },
      busy: { runs: 3, failed: 2, durations: { min: 300, median: 900, max: 5_000 } },
      message: 'expected 1\n  received 2',
    },
  ]);
});

test('a file that fails outside its tests is counted in all runs', () => {
  const outside: BurnInRun = { load: 'busy', exit: 1, report: reportOf('failed', 'objects are left', []) };

  expect(distributionOf([...RUNS.slice(0, 1), outside]).find(({ test }) => test === null)).toMatchObject({
    calm: { runs: 1, failed: 0, durations: null },
    busy: { runs: 1, failed: 1 },
    message: 'objects are left',
  });
});

test('the tests that failed most often are first', () => {
  const other: BurnInRun = { ...run('calm', 1), report: null };

  expect(distributionOf([other])).toEqual([]);
  expect(distributionOf([run('calm', 1), other, run('busy', 1, 'x')]).map(({ busy }) => busy.failed)).toEqual([1]);
});

test('the text names each failed test with its first message', () => {
  expect(distributionLines('/clone', distributionOf(RUNS), 6)).toEqual([
    'a.test.ts: one',
    '  failed 0 of 3 calm, 2 of 3 busy runs',
    '  calm: 0.10 s to 0.12 s, median 0.11 s',
    '  busy: 0.30 s to 5.00 s, median 0.90 s',
    '  | expected 1',
    '  |   received 2',
    '',
    '1 tests of 1 files in 6 runs: 1 failed at least once',
  ]);
});
