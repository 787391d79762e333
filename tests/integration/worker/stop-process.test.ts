import { existsSync } from 'node:fs';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { CONTAINMENTS, runTimeMs, KILL_GRACE_MS, LONG_GRACE_MS, withProcessRunner } from './process-runner';

describe.each(CONTAINMENTS)('RT-02 a program at its limit, contained by %s', (_way, usesCgroup) => {
  const { countExited, run } = withProcessRunner(usesCgroup);

  const limitMs = 800;
  /** Of a program that first sets a trap or starts a child. */
  const longLimitMs = 5_000;

  test('a sleeping program gets SIGTERM at its limit', async () => {
    const exit = await run('sleep 30', { limitMs, killGraceMs: LONG_GRACE_MS });
    expect(exit).toMatchObject({ cause: 'timeout', signalSent: 'SIGTERM' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(limitMs);
    countExited();
  });

  test('a program that ignores SIGTERM is killed with its children', async () => {
    const exit = await run(`trap '' TERM; (me; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`, {
      limitMs: longLimitMs,
    });
    expect(exit).toMatchObject({ cause: 'timeout', signal: 'SIGKILL', signalSent: 'SIGKILL' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(longLimitMs + KILL_GRACE_MS);
    expect(countExited()).toBe(2);
  });

  test('a program that exits 0 on SIGTERM has timed out', async () => {
    const exit = await run(`trap 'exit 0' TERM; while :; do sleep 0.02; done`, {
      limitMs: longLimitMs,
      killGraceMs: LONG_GRACE_MS,
    });
    expect(exit).toMatchObject({ cause: 'timeout', exitCode: 0, signalSent: 'SIGTERM' });
  });

  test('children that ignore SIGTERM are killed after the leader exits', async () => {
    const script = `(trap '' TERM; me; while :; do sleep 0.05; done) & sleep 30`;
    const exit = await run(script, { limitMs: longLimitMs });
    expect(exit).toMatchObject({ cause: 'timeout' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(longLimitMs + KILL_GRACE_MS);
    expect(countExited()).toBe(2);
  });

  test('a program that closed its output times out', async () => {
    expect(await run('exec >&- 2>&-; sleep 30', { limitMs })).toMatchObject({ cause: 'timeout' });
  });
});

describe.each(CONTAINMENTS)('RT-02 a cancelled program, contained by %s', (_way, usesCgroup) => {
  const { countExited, pidFile, run } = withProcessRunner(usesCgroup);

  test('a stop before the limit is a cancellation', async () => {
    const stop = new AbortController();
    const running = run(`trap '' TERM; touch "$pids.up"; sleep 100`, { stop: stop.signal, killGraceMs: 1_000 });
    const isUp = () => existsSync(`${pidFile()}.up`);
    await until(predicateToHold('the trap to be set', isUp), livenessDeadline());
    stop.abort();
    expect(await running).toMatchObject({ cause: 'cancelled', signalSent: 'SIGKILL' });
    countExited();
  });

  test('a program stopped before its start is cancelled', async () => {
    expect(await run('sleep 30', { stop: AbortSignal.abort() })).toMatchObject({ cause: 'cancelled' });
  });
});
