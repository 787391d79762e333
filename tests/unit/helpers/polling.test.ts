import { setTimeout as sleep } from 'node:timers/promises';
import { WaitError } from '../../../helpers/errors';
import { stays, until, type Condition, type Verdict } from '../../../helpers/polling';

/** A condition that answers these verdicts one after the other; the last repeats. */
const scripted = <T>(...verdicts: Verdict<T>[]): Condition<T> => {
  let n = 0;
  return {
    name: 'the script to end',
    look: () => Promise.resolve(verdicts[Math.min(n++, verdicts.length - 1)]!),
    evidence: () => Promise.resolve('the tree'),
  };
};

const soon = () => performance.now() + 5_000;
const met = { is: 'met', value: 41 } as const;
const pending = { is: 'pending', why: 'running' } as const;

describe('until', () => {
  test('looks again while the condition is pending, and answers what met it', async () => {
    expect(await until(scripted<number>(pending, pending, met), soon())).toBe(41);
  });

  test('an impossible condition fails at once, with its reason and the evidence', async () => {
    const waiting = until(scripted<number>({ is: 'impossible', why: 'it ended failed' }), soon());
    await expect(waiting).rejects.toThrow(
      'WAIT_IMPOSSIBLE: waited for the script to end; but it ended failed\nthe tree',
    );
  });

  test('at the deadline it says what was last seen', async () => {
    const waiting = until(scripted<number>(pending), performance.now() + 60);
    await expect(waiting).rejects.toThrow('WAIT_TIMED_OUT: waited for the script to end; last saw running\nthe tree');
  });

  test('a look under way at the deadline is still heard', async () => {
    const slow = { ...scripted<number>(met), look: () => sleep(60, met) };
    expect(await until(slow, performance.now() + 20)).toBe(41);
  });

  test('a look that hangs does not outlive the deadline', async () => {
    const hung = { ...scripted<number>(met), look: () => new Promise<never>(() => {}) };
    await expect(until(hung, performance.now() + 60)).rejects.toThrow('the look did not return');
  });

  test('a look that throws ends the wait with its own error', async () => {
    const broken = { ...scripted<number>(met), look: () => Promise.reject(new Error('no route')) };
    await expect(until(broken, soon())).rejects.toThrow(/^no route$/);
  });
});

describe('stays', () => {
  test('watches for the whole quiet time after the fence arrived', async () => {
    const seen: number[] = [];
    const began = performance.now();
    await stays(() => seen.push(0) && 3, 3, scripted(pending, met), 120);
    expect(performance.now() - began).toBeGreaterThanOrEqual(120);
    expect(seen.length).toBeGreaterThan(1);
  });

  test('the first look that differs breaks it', async () => {
    let n = 0;
    const watching = stays(() => n++, 0, scripted(met), 5_000);
    await expect(watching).rejects.toThrow(/^ABSENCE_BROKEN: .* but then saw 1 instead of 0/);
    await expect(watching).rejects.toBeInstanceOf(WaitError);
  });

  test('a fence that cannot arrive proves no absence', async () => {
    const fence = scripted({ is: 'impossible', why: 'it was cancelled' });
    await expect(stays(() => 0, 0, fence, 10)).rejects.toThrow('WAIT_IMPOSSIBLE');
  });
});
