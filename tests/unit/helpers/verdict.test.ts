import { judgeBound } from '../../../helpers/bounds';
import { contradictions, declaredBy, missing } from '../../../helpers/capabilities';
import { judgeRun } from '../../../helpers/jest/verdict';
import type { ClaimRecord } from '../../../helpers/records';

const record = (id: string, result: ClaimRecord['class']): ClaimRecord => ({
  id,
  title: 'a title',
  class: result,
  budget: 1,
  seconds: 1,
  latencyMs: 0,
  jitterMs: 0,
  missing: result === 'not proven' ? ['rbac'] : [],
});

const GREEN = { passed: 3, failed: 0 };
const terms = (expected: string[], requireLive: boolean, wrong: string[] = []) => ({ expected, wrong, requireLive });
const platform = { name: 'p', version: '1.0.0', instance_id: 'i', started_at: '2026-01-27T10:00:00Z' };

describe('the exit code', () => {
  test('is left alone when all was proven, and when something failed', () => {
    expect(judgeRun(GREEN, [record('T1.1a', 'passed')], terms([], true)).exit).toBe(0);
    expect(judgeRun({ passed: 0, failed: 1 }, [record('T1.1a', 'not proven')], terms([], true)).exit).toBe(0);
  });

  test('is 3 for a target that is not what it declares, after failed tests', () => {
    const wrong = ['rbac is declared, but its probe failed'];
    expect(judgeRun(GREEN, [], terms([], false, wrong))).toEqual({ exit: 3, reasons: wrong });
    expect(judgeRun({ passed: 1, failed: 1 }, [], terms([], false, wrong))).toEqual({ exit: 0, reasons: wrong });
  });

  test('is 5 when nothing ran', () => {
    expect(judgeRun({ passed: 0, failed: 0 }, [], terms([], false))).toEqual({
      exit: 5,
      reasons: ['nothing was proven: no test ran'],
    });
  });

  test('is 5 for a claim that its target was expected to prove', () => {
    const reasons = ['T1.1a is not proven: the target lacks rbac'];
    expect(judgeRun(GREEN, [record('T1.1a', 'not proven')], terms([], false))).toEqual({ exit: 5, reasons });
    expect(judgeRun(GREEN, [record('T1.1a', 'not proven')], terms(['T1.1a'], false)).exit).toBe(0);
  });

  test('is 5 for anything not proven with REQUIRE_LIVE', () => {
    expect(judgeRun(GREEN, [record('T1.1a', 'not proven')], terms(['T1.1a'], true)).exit).toBe(5);
  });

  test('is 5 for a stale declaration', () => {
    const { exit, reasons } = judgeRun(GREEN, [record('T1.1a', 'passed')], terms(['T1.1a'], false));
    expect([exit, reasons]).toEqual([5, ['T1.1a was proven, but its target says it cannot be']]);
  });
});

describe('capabilities', () => {
  test('a target without a manifest has the baseline', () => {
    const baseline = declaredBy(null, 24);
    expect(missing(['core', 'executions.log'], baseline)).toEqual(['executions.log']);
  });

  test('too few slots are none', () => {
    const manifest = (slots: number) => ({ platform, capabilities: { rbac: false, 'workers.slots': { slots } } });
    expect(declaredBy(manifest(10), 24)).toEqual({ core: true });
    expect(declaredBy(manifest(24), 24)).toEqual({ core: true, 'workers.slots': { slots: 24 } });
  });

  test('a declaration is held against its probe both ways', () => {
    expect(contradictions({ a: true, b: true }, { a: true, b: false, c: true, d: false })).toEqual([
      'b is declared, but its probe failed',
      'c is not declared, but its probe succeeded',
    ]);
  });
});

describe('an upper bound', () => {
  test('is kept when the value alone excludes the wrong behaviour', () => {
    expect(judgeBound(1_200, 1_000, 300, 5_000)).toBe('within');
    expect(judgeBound(1_200, 1_000, 9_000, 5_000)).toBe('within');
  });

  test('is broken beyond a slack that is smaller than the margin', () => {
    expect(judgeBound(1_400, 1_000, 300, 5_000)).toBe('too late');
  });

  test('is not for this host to tell where the slack exceeds the margin', () => {
    expect(() => judgeBound(6_500, 1_000, 9_000, 5_000)).toThrow('ENVIRONMENT: 6500 ms against 1000');
  });
});
