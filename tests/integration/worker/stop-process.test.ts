import { existsSync, readFileSync } from 'node:fs';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { ProcessExit } from '../../../platform/outcomes/program-exit';
import type { ProgramSpec } from '../../../platform/worker/process/run-process';
import { livenessDeadline } from '../liveness';
import { CONTAINMENTS, runTimeMs, KILL_GRACE_MS, LONG_GRACE_MS, withProcessRunner } from './process-runner';

/** Of a program that needs no time to prepare. */
const limitMs = 800;
/** Of a program that first sets a trap or starts a child. */
const longLimitMs = 5_000;

/** They run at the same time, as each takes as long as its limit. */
const PROGRAMS = {
  sleeping: ['sleep 30', { limitMs, killGraceMs: LONG_GRACE_MS }],
  ignoring: [
    `trap '' TERM; (me; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`,
    { limitMs: longLimitMs },
  ],
  obeying: [`trap 'exit 0' TERM; while :; do sleep 0.02; done`, { limitMs: longLimitMs, killGraceMs: LONG_GRACE_MS }],
  leading: [`(trap '' TERM; me; while :; do sleep 0.05; done) & sleep 30`, { limitMs: longLimitMs }],
  silent: ['exec >&- 2>&-; sleep 30', { limitMs }],
} satisfies Record<string, [script: string, overrides: Partial<ProgramSpec>]>;
type Program = keyof typeof PROGRAMS;

/** Waits until a program has created the file `$pids.up`. */
const untilUp = (file: string) =>
  until(
    predicateToHold('the trap to be set', () => existsSync(`${file}.up`)),
    livenessDeadline(),
  );

interface EndedProgram {
  readonly exit: ProcessExit;
  /** With its pids. */
  readonly file: string;
}

describe.each(CONTAINMENTS)('RT-02 a program at its limit, contained by %s', (_way, usesCgroup) => {
  const { countExited, pidFile, run } = withProcessRunner(usesCgroup, Object.keys(PROGRAMS).length);

  let ended: Record<Program, EndedProgram>;
  beforeAll(async () => {
    const start = async (name: Program): Promise<[Program, EndedProgram]> => {
      const [script, overrides] = PROGRAMS[name];
      const exit = run(script, overrides);
      const file = pidFile();
      return [name, { exit: await exit, file }];
    };
    const programs = await Promise.all((Object.keys(PROGRAMS) as Program[]).map(start));
    ended = Object.fromEntries(programs) as typeof ended;
  });

  test('a sleeping program gets SIGTERM at its limit', () => {
    const { exit, file } = ended.sleeping;
    expect(exit).toMatchObject({ cause: 'timeout', signalSent: 'SIGTERM' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(limitMs);
    countExited(file);
  });

  test('a program that ignores SIGTERM is killed with its children', () => {
    const { exit, file } = ended.ignoring;
    expect(exit).toMatchObject({ cause: 'timeout', signal: 'SIGKILL', signalSent: 'SIGKILL' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(longLimitMs + KILL_GRACE_MS);
    expect(countExited(file)).toBe(2);
  });

  test('a program that exits 0 on SIGTERM has timed out', () => {
    expect(ended.obeying.exit).toMatchObject({ cause: 'timeout', exitCode: 0, signalSent: 'SIGTERM' });
  });

  test('children that ignore SIGTERM are killed after the leader exits', () => {
    const { exit, file } = ended.leading;
    expect(exit).toMatchObject({ cause: 'timeout' });
    expect(runTimeMs(exit)).toBeGreaterThanOrEqual(longLimitMs + KILL_GRACE_MS);
    expect(countExited(file)).toBe(2);
  });

  test('a program that closed its output times out', () => {
    expect(ended.silent.exit).toMatchObject({ cause: 'timeout' });
  });
});

/** A child that outlives the leader: it starts a program to clean up on SIGTERM. It logs both. */
const CLEANING = `(trap 'echo term >> "$pids.log"' TERM; me; until [ -s "$pids.log" ]; do sleep 0.02; done
  bash -c 'sleep 0.2'; echo "cleanup $?" >> "$pids.log") & both`;

describe.each(CONTAINMENTS)('RT-02 a child that cleans up, contained by %s', (_way, usesCgroup) => {
  const { countExited, pidFile, run } = withProcessRunner(usesCgroup);
  const log = () => readFileSync(`${pidFile()}.log`, 'utf8');

  test('gets SIGTERM once at a stop, and what it starts gets none', async () => {
    const stop = new AbortController();
    const running = run(`${CLEANING}; touch "$pids.up"; wait`, { stop: stop.signal, killGraceMs: LONG_GRACE_MS });
    await untilUp(pidFile());
    stop.abort();
    expect(await running).toMatchObject({ cause: 'cancelled', signalSent: 'SIGTERM' });
    expect(log()).toBe('term\ncleanup 0\n');
    expect(countExited()).toBe(2);
  });

  test('gets SIGTERM once after the leader, and what it starts gets none', async () => {
    const exit = await run(CLEANING, { killGraceMs: LONG_GRACE_MS });
    expect(exit).toMatchObject({ cause: 'exited', exitCode: 0 });
    expect(log()).toMatch(/^term\n(cleanup 0\n)?$/);
    expect(countExited()).toBe(2);
  });
});

describe.each(CONTAINMENTS)('RT-02 a cancelled program, contained by %s', (_way, usesCgroup) => {
  const { countExited, pidFile, run } = withProcessRunner(usesCgroup);

  test('a stop before the limit is a cancellation', async () => {
    const stop = new AbortController();
    const running = run(`trap '' TERM; touch "$pids.up"; sleep 100`, { stop: stop.signal, killGraceMs: 1_000 });
    await untilUp(pidFile());
    stop.abort();
    expect(await running).toMatchObject({ cause: 'cancelled', signalSent: 'SIGKILL' });
    countExited();
  });

  test('a program stopped before its start is cancelled', async () => {
    expect(await run('sleep 30', { stop: AbortSignal.abort() })).toMatchObject({ cause: 'cancelled' });
  });
});
