import {
  countsOf,
  planRepeats,
  stepFailure,
  type Attempt,
  type FailedTest,
  type RepeatedTest,
  type StepResult,
} from '../../../tools/gate/run/attempts';
import { flakesOf, lastLines, piecesText, reportOf } from '../../../tools/gate/run/run-report';

const attempt = (status: Attempt['status'], output: string): Attempt => ({
  status,
  message: status === 'failed' ? 'expected 1' : '',
  evidence: '',
  seconds: 1,
  load: 7.5,
  output,
  report: null,
});
const STEP = { name: 'all tests', jest: 'tests', job: 'embedded' };

const failedTest = (name: string): FailedTest => ({
  step: STEP,
  extent: 'test',
  name,
  file: 'tests/unit/a.test.ts',
  first: attempt('failed', 'r/all.log'),
});

const stepResult = (more: Partial<StepResult> = {}): StepResult => ({
  step: STEP,
  command: 'npx jest tests',
  planned: null,
  code: 0,
  seconds: 1,
  load: 1,
  output: 'r/all.log',
  report: 'r/all.json',
  passedTests: 10,
  failures: [],
  ...more,
});

const red = (count: number, more: Partial<StepResult> = {}): StepResult =>
  stepResult({ code: 1, failures: Array.from({ length: count }, (_, n) => failedTest(`test ${n}`)), ...more });

test.each<[string, Partial<StepResult>, string | null]>([
  ['exit 0', {}, null],
  ['exit 1 with failed tests', { code: 1, failures: [failedTest('a')] }, null],
  ['exit 1 without a failed test', { code: 1 }, 'all tests (exit 1 instead of 0)'],
  ['exit 4 with failed tests', { code: 4, failures: [failedTest('a')] }, 'all tests (exit 4 instead of 0)'],
  ['exit 5', { code: 5 }, 'all tests (exit 5 instead of 0)'],
  ['a signal', { code: null }, 'all tests (ended by a signal instead of 0)'],
  ['an expected exit 3', { code: 3, step: { ...STEP, exit: 3 } }, null],
  ['exit 0 instead of 3', { code: 0, step: { ...STEP, exit: 3 } }, 'all tests (exit 0 instead of 3)'],
])('%s', (_, more, failure) => {
  expect(stepFailure(stepResult(more))).toBe(failure);
});

test('failed tests are repeated, up to twenty', () => {
  expect(planRepeats([red(20)])).toMatchObject({ repeated: { length: 20 }, refused: null });
  expect(planRepeats([red(20), red(1)])).toEqual({
    repeated: [],
    refused: 'no test was repeated: 21 tests failed, more than 20',
  });
});

test('nothing is repeated where another step makes the gate red', () => {
  const check = stepResult({ step: { name: 'check', run: 'npm run check' }, code: 1, report: null });

  expect(planRepeats([check, red(1)])).toEqual({
    repeated: [],
    refused: 'no test was repeated: the gate is red without them: check',
  });
  expect(planRepeats([check])).toEqual({ repeated: [], refused: null });
});

const again = (test: FailedTest, status: Attempt['status']): RepeatedTest => ({
  ...test,
  second: attempt(status, 'r/again-1.log'),
});

test('a flaky test counts neither as passed nor as failed', () => {
  const [flaky, failed, green] = [red(1), red(1), stepResult()];

  expect(countsOf([green], [])).toEqual({ passed: 11, failed: 0 });
  expect(countsOf([flaky], [again(flaky.failures[0]!, 'passed')])).toEqual({ passed: 10, failed: 0 });
  expect(countsOf([failed], [again(failed.failures[0]!, 'failed')])).toEqual({ passed: 10, failed: 1 });
  expect(countsOf([red(0, { code: 4 })], [])).toEqual({ passed: 10, failed: 1 });
  expect(
    countsOf(
      [red(2)],
      red(2).failures.map((test) => ({ ...test, second: null })),
    ),
  ).toMatchObject({ failed: 2 });
});

const FACTS = { commit: '3f2a91c', startedAt: '2026-11-26T10:00:00.000Z', directory: 'results/gate-1' };

test('a run with a flake is green, and its last lines name it', () => {
  const flaky = red(1);
  const shown = { results: [flaky], tests: [again(flaky.failures[0]!, 'passed')], refused: null, notRun: ['ssh'] };

  const report = reportOf(FACTS, shown);

  expect(report).toMatchObject({ verdict: 'passed', steps: [{ result: 'flaky' }], tests: [{ result: 'flaky' }] });
  expect(flakesOf(report)).toEqual([
    {
      test: 'test 0',
      file: 'tests/unit/a.test.ts',
      commit: '3f2a91c',
      date: '2026-11-26',
      message: 'expected 1',
      load: 7.5,
    },
  ]);
  expect(lastLines([report], shown.notRun)).toEqual([
    'FLAKY, passed alone: test 0 (tests/unit/a.test.ts)',
    '  all tests: expected 1',
    '  outputs: r/all.log r/again-1.log',
    'not run of the proof: ssh',
    'to list the flakes: npx tuningfork gate flake --report results/gate-1/report.json',
    '10 passed, 0 failed',
  ]);
});

test('a run with a test that failed twice is red, and names both outputs', () => {
  const failed = red(1);
  const shown = { results: [failed], tests: [again(failed.failures[0]!, 'failed')], refused: null, notRun: [] };

  const report = reportOf(FACTS, shown);

  expect(report).toMatchObject({ verdict: 'failed', steps: [{ result: 'failed' }], tests: [{ result: 'failed' }] });
  expect(flakesOf(report)).toEqual([]);
  expect(lastLines([report], [])).toEqual([
    'FAILED: test 0 (tests/unit/a.test.ts)',
    '  all tests: expected 1',
    '  outputs: r/all.log r/again-1.log',
    '10 passed, 1 failed',
  ]);
});

test('a piece that took longer than its table states is named', () => {
  const piece = (name: string, seconds: number) => stepResult({ step: { name, run: 'a' }, planned: 100, seconds });
  const shown = { results: [piece('proof: a', 124), piece('proof: b', 125)], tests: [], refused: null, notRun: [] };

  expect(lastLines([reportOf(FACTS, shown)], [])).toEqual([
    'slow: proof: b took 125 s of 100 s',
    '22 passed, 0 failed',
  ]);
});

test('pieces that did not run are counted by part', () => {
  expect(piecesText(['faults 1/3', 'ssh', 'faults 3/3'])).toBe('faults (2), ssh');
});
