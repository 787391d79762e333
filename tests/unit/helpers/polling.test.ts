import { setTimeout as sleep } from 'node:timers/promises';
import { WaitError } from '../../../helpers/errors';
import { stays, until, type Condition, type CheckResult } from '../../../helpers/scenario/polling';

/** A condition whose checks return these results in order; the last one repeats. */
const scriptedCondition = <T>(...verdicts: CheckResult<T>[]): Condition<T> => {
  let n = 0;
  return {
    name: 'the script to end',
    check: () => Promise.resolve(verdicts[Math.min(n++, verdicts.length - 1)]!),
    evidence: () => 'the tree',
  };
};

const shortDeadline = () => performance.now() + 5_000;
const met = { is: 'met', value: 41 } as const;
const pending = { is: 'pending', why: 'running' } as const;

describe('until', () => {
  test('checks again while the condition is pending', async () => {
    expect(await until(scriptedCondition<number>(pending, pending, met), shortDeadline())).toBe(41);
  });

  test('fails at once with reason and evidence if impossible', async () => {
    const waiting = until(scriptedCondition<number>({ is: 'impossible', why: 'it ended failed' }), shortDeadline());
    await expect(waiting).rejects.toThrow(
      'WAIT_IMPOSSIBLE: waited for the script to end; but it ended failed\nthe tree',
    );
  });

  test('shows the last result at the deadline', async () => {
    const waiting = until(scriptedCondition<number>(pending), performance.now() + 60);
    await expect(waiting).rejects.toThrow('WAIT_TIMED_OUT: waited for the script to end; last saw running\nthe tree');
  });

  test('uses a check that is running at the deadline', async () => {
    const slowCondition = { ...scriptedCondition<number>(met), check: () => sleep(60, met) };
    expect(await until(slowCondition, performance.now() + 20)).toBe(41);
  });

  test('ends a check that hangs at the deadline', async () => {
    const hung = { ...scriptedCondition<number>(met), check: () => new Promise<never>(() => {}) };
    await expect(until(hung, performance.now() + 60)).rejects.toThrow('the check did not return');
  });

  test('throws the error of a check unchanged', async () => {
    const broken = { ...scriptedCondition<number>(met), check: () => Promise.reject(new Error('no route')) };
    await expect(until(broken, shortDeadline())).rejects.toThrow(/^no route$/);
  });
});

test('a wait ends early where nothing is left that could change its result', async () => {
  const activity = () =>
    Promise.resolve({
      state: '',
      changedAt: null,
      open: ['event 5 did not match'],
      pending: [],
      isFinal: true,
      isSettled: false,
    });
  const waiting = until({ ...scriptedCondition<number>(pending), activity }, performance.now() + 60_000);
  await expect(waiting).rejects.toThrow(
    'WAIT_STANDS_STILL: waited for the script to end; but event 5 did not match\nthe tree',
  );
});

describe('stays', () => {
  test('reads for the whole quiet time after the fence', async () => {
    const reads: number[] = [];
    const startedAt = performance.now();
    await stays(() => reads.push(0) && 3, 3, scriptedCondition(pending, met), 120);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(120);
    expect(reads.length).toBeGreaterThan(1);
  });

  test('fails at the first other value', async () => {
    let n = 0;
    const watching = stays(() => n++, 0, scriptedCondition(met), 5_000);
    await expect(watching).rejects.toThrow(/^ABSENCE_BROKEN: .* but then saw 1 instead of 0/);
    await expect(watching).rejects.toBeInstanceOf(WaitError);
  });

  test('fails if the fence is impossible', async () => {
    const fence = scriptedCondition({ is: 'impossible', why: 'it was cancelled' });
    await expect(stays(() => 0, 0, fence, 10)).rejects.toThrow('WAIT_IMPOSSIBLE');
  });
});
