import { evaluateRun } from '../../../helpers/jest/run-verdict';
import { record } from './test-record';

const GREEN = { passed: 3, failed: 0 };
const expectations = (expectedNotProven: string[], requireLive: boolean, contradictions: string[] = []) => ({
  expectedNotProven,
  contradictions,
  requireLive,
  undecided: [],
  missingHere: [],
  targetFile: 'targets/mine.json',
  known: [],
  startedOn: '2026-11-20',
});

describe('SC-03 the exit code', () => {
  test('stays Jest’s own if all is proven or a test failed', () => {
    expect(evaluateRun(GREEN, [record('T1.1a', 'passed')], expectations([], true)).exit).toBe(0);
    expect(evaluateRun({ passed: 0, failed: 1 }, [record('T1.1a', 'not proven')], expectations([], true)).exit).toBe(0);
  });

  test('is 3 for a target that contradicts its declaration', () => {
    const wrong = ['rbac is declared, but its probe failed'];
    expect(evaluateRun(GREEN, [], expectations([], false, wrong))).toEqual({ exit: 3, reasons: wrong });
    expect(evaluateRun({ passed: 1, failed: 1 }, [], expectations([], false, wrong))).toEqual({
      exit: 0,
      reasons: wrong,
    });
  });

  test('is 5 if no test ran', () => {
    expect(evaluateRun({ passed: 0, failed: 0 }, [], expectations([], false))).toEqual({
      exit: 5,
      reasons: ['NOTHING_PROVEN: 0 passed, no test ran'],
    });
  });

  test('is 5 for an unproven claim that is not declared so', () => {
    const reasons = ['T1.1a is not proven: the target lacks rbac'];
    expect(evaluateRun(GREEN, [record('T1.1a', 'not proven')], expectations([], false))).toEqual({ exit: 5, reasons });
    expect(evaluateRun(GREEN, [record('T1.1a', 'not proven')], expectations(['T1.1a'], false)).exit).toBe(0);
  });

  test('is 5 for any unproven claim with REQUIRE_LIVE', () => {
    expect(evaluateRun(GREEN, [record('T1.1a', 'not proven')], expectations(['T1.1a'], true)).exit).toBe(5);
  });

  test('is 0 for what the run or its host lacks, and 5 with REQUIRE_LIVE', () => {
    const off = (requireLive: boolean) => ({ ...expectations([], requireLive), missingHere: ['rbac'] });
    const records = [record('T1.1a', 'passed'), record('T1.1b', 'not proven')];
    expect([off(false), off(true)].map((expected) => evaluateRun(GREEN, records, expected).exit)).toEqual([0, 5]);
  });

  test('is 5 if no test was selected', () => {
    expect(evaluateRun({ passed: 0, failed: 0 }, [record('T1.1a', 'not selected')], expectations([], false))).toEqual({
      exit: 5,
      reasons: ['NOTHING_PROVEN: 0 passed, no test ran'],
    });
  });

  test('is 5 for a proven claim declared as not proven', () => {
    const { exit, reasons } = evaluateRun(GREEN, [record('T1.1a', 'passed')], expectations(['T1.1a'], false));
    expect([exit, reasons]).toEqual([5, ['T1.1a was proven: remove it from `notProven` of targets/mine.json']]);
  });

  test('names an id with several unproven tests once', () => {
    const records = [record('attack_packs/PK-06', 'not proven'), record('attack_packs/PK-06', 'not proven')];
    const reasons = ['attack_packs/PK-06 is not proven: the target lacks rbac'];
    expect(evaluateRun(GREEN, records, expectations([], false))).toEqual({ exit: 5, reasons });
  });

  test('names the tests of one cause in one sentence, and what is not decided', () => {
    const records = ['T1.1a', 'T1.1b'].map((id) => record(id, 'not proven'));
    const reasons = (undecided: string[]) =>
      evaluateRun(GREEN, records, { ...expectations([], false), undecided }).reasons;
    expect(reasons([])).toEqual(['T1.1a, T1.1b are not proven: the target lacks rbac']);
    expect(reasons(['rbac'])).toEqual(['T1.1a, T1.1b are not decided: rbac']);
  });

  test('allows an id declared as not proven with one proven test', () => {
    const records = [record('attack_packs/PK-02', 'not proven'), record('attack_packs/PK-02', 'passed')];
    expect(evaluateRun(GREEN, records, expectations(['attack_packs/PK-02'], false)).exit).toBe(0);
  });
});
