import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CONTAINMENTS, runTimeMs, KILL_GRACE_MS, withProcessRunner } from './process-runner';

const SLACK_MS = 2_500;

describe.each(CONTAINMENTS)('RT-02 a program at its limit, contained by %s', (_way, usesCgroup) => {
  const { countExited, run } = withProcessRunner(usesCgroup);

  const limitMs = 800;

  test('a sleeping program gets SIGTERM at its limit', async () => {
    const exit = await run('sleep 30', { limitMs });
    expect(exit).toMatchObject({ cause: 'timeout', signalSent: 'SIGTERM' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(limitMs);
    expect(runTimeMs(exit)).toBeLessThan(limitMs + SLACK_MS);
    countExited();
  });

  test('a program that ignores SIGTERM is killed with its children', async () => {
    const exit = await run(`trap '' TERM; (me; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`, {
      limitMs,
    });
    expect(exit).toMatchObject({ cause: 'timeout', signal: 'SIGKILL', signalSent: 'SIGKILL' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(limitMs + KILL_GRACE_MS);
    expect(countExited()).toBe(2);
  });

  test('a program that exits 0 on SIGTERM has timed out', async () => {
    const exit = await run(`trap 'exit 0' TERM; while :; do sleep 0.02; done`, { limitMs });
    expect(exit).toMatchObject({ cause: 'timeout', exitCode: 0, signalSent: 'SIGTERM' });
  });

  test('children that ignore SIGTERM are killed after the leader exits', async () => {
    const exit = await run(`(trap '' TERM; me; while :; do sleep 0.05; done) & sleep 30`, { limitMs });
    expect(exit).toMatchObject({ cause: 'timeout' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(limitMs + KILL_GRACE_MS);
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
    const running = run(`trap '' TERM; touch "$pids.up"; sleep 30`, {
      limitMs: 800,
      stop: stop.signal,
      killGraceMs: 1_000,
    });
    while (!existsSync(`${pidFile()}.up`)) await setImmediate();
    stop.abort();
    expect(await running).toMatchObject({ cause: 'cancelled', signalSent: 'SIGKILL' });
    countExited();
  });

  test('a program stopped before its start is cancelled', async () => {
    expect(await run('sleep 30', { stop: AbortSignal.abort() })).toMatchObject({ cause: 'cancelled' });
  });
});
