import { evaluateRun, type RunExpectations } from '../../../helpers/jest/run-verdict';
import { resultOf } from '../../../helpers/scenario/test-records';
import { record } from '../helpers/test-record';

const TODAY = '2026-11-20';
const KNOWN = { claim: 'T2.8b', reason: 'timers fire early', link: 'https://example.org/1', expires: '2027-03-31' };
const GREEN = { passed: 3, failed: 0 };

const expectations = (more: Partial<RunExpectations> = {}): RunExpectations => ({
  targetFile: 'targets/mine.json',
  expectedNotProven: [],
  known: [KNOWN],
  startedOn: TODAY,
  contradictions: [],
  requireLive: false,
  undecided: [],
  missingHere: [],
  ...more,
});

test('a known red test does not change the exit code', () => {
  expect(evaluateRun(GREEN, [record('T2.8b', 'known red')], expectations())).toEqual({ exit: 0, reasons: [] });
});

test('a known red test is exit 5 with REQUIRE_LIVE', () => {
  expect(evaluateRun(GREEN, [record('T2.8b', 'known red')], expectations({ requireLive: true }))).toEqual({
    exit: 5,
    reasons: ['T2.8b is not proven: known red'],
  });
});

test('a green test with an entry is exit 5', () => {
  expect(evaluateRun(GREEN, [record('T2.8b', 'passed')], expectations())).toEqual({
    exit: 5,
    reasons: ['T2.8b is green: remove it from `known` of targets/mine.json'],
  });
});

test('a green test whose entry may pass is exit 0, and so is a red one', () => {
  const more = { known: [{ ...KNOWN, mayPass: true }] };
  expect(evaluateRun(GREEN, [record('T2.8b', 'passed')], expectations(more))).toEqual({ exit: 0, reasons: [] });
  expect(evaluateRun(GREEN, [record('T2.8b', 'known red')], expectations(more)).exit).toBe(0);
  const expired = { known: [{ ...KNOWN, mayPass: true, expires: '2026-11-19' }] };
  expect(evaluateRun(GREEN, [record('T2.8b', 'passed')], expectations(expired)).exit).toBe(5);
});

test.each([
  [{ hasFailed: false, isInconclusive: false, isDeclared: true }, 'passed'],
  [{ hasFailed: true, isInconclusive: false, isDeclared: true }, 'known red'],
  [{ hasFailed: true, isInconclusive: true, isDeclared: true }, 'environment'],
  [{ hasFailed: true, isInconclusive: true, isDeclared: false }, 'environment'],
  [{ hasFailed: true, isInconclusive: false, isDeclared: false }, 'failed'],
])('a test with %j is %s', (run, result) => {
  expect(resultOf(run)).toBe(result);
});

test('an id is green only if all its tests passed', () => {
  const records = [record('T2.8b', 'passed'), record('T2.8b', 'known red')];
  expect(evaluateRun(GREEN, records, expectations()).exit).toBe(0);
});

test('an entry of a test that was not selected has no effect', () => {
  const expired = { ...KNOWN, expires: '2020-01-01' };
  expect(evaluateRun(GREEN, [record('T1.1a', 'passed')], expectations({ known: [KNOWN, expired] })).exit).toBe(0);
});

test('an entry applies until the end of its last day', () => {
  const known = [{ ...KNOWN, expires: TODAY }];
  expect(evaluateRun(GREEN, [record('T2.8b', 'known red')], expectations({ known })).exit).toBe(0);
});

describe('an expired entry', () => {
  const known = [{ ...KNOWN, expires: '2026-11-19' }];
  const reasons = ['T2.8b: its entry in `known` of targets/mine.json expired on 2026-11-19; examine the defect again'];

  test('is named beside the failed test', () => {
    expect(evaluateRun({ passed: 2, failed: 1 }, [record('T2.8b', 'failed')], expectations({ known }))).toEqual({
      exit: 0,
      reasons,
    });
  });

  test('of a test that is not proven is exit 5', () => {
    const more = { known, expectedNotProven: ['T2.8b'] };
    expect(evaluateRun(GREEN, [record('T2.8b', 'not proven')], expectations(more))).toEqual({ exit: 5, reasons });
  });
});

test('a test may be declared as not proven too: it is red where it can run', () => {
  const more = { expectedNotProven: ['T2.8b'] };
  expect(evaluateRun(GREEN, [record('T2.8b', 'not proven')], expectations(more)).exit).toBe(0);
  expect(evaluateRun(GREEN, [record('T2.8b', 'known red')], expectations(more)).exit).toBe(0);
});
