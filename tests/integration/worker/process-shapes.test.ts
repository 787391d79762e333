import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { findCgroups } from '../../../platform/worker/cgroups';
import { openGates } from '../../../platform/worker/gates';
import { isAlive } from '../../../platform/worker/process-table';
import { runProcess, type Ended, type Program } from '../../../platform/worker/process';
import type { Containment } from '../../../platform/worker/surroundings';

const GRACE_MS = 300;
const SLACK_MS = 2_500;
const KIB = 1_024;

/** Waits until the child has reported itself too. */
const BOTH = 'both() { until [ "$(wc -l < "$pids")" = 2 ]; do sleep 0.01; done; }';

let directory: string;
let runs = 0;
let containment: Containment | null = null;
let contained = false;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'shapes-'));
  const place = { instance: `shapes-${process.pid}`, worker: 'w1', temporary: directory };
  const { cgroups } = await findCgroups(place);
  const failed = (why: string) => process.emitWarning(why);
  containment = cgroups && { cgroups, gates: openGates({ cgroups, variables: {}, slots: 2, failed }) };
});
afterAll(async () => {
  await containment?.gates.close();
  await containment?.cgroups.close();
  rmSync(directory, { recursive: true, force: true });
});

const pidFile = () => join(directory, `pids-${runs}`);

/** Every process of a script reports itself with `me`; `$pids` names the file. */
const run = (script: string, more: Partial<Program> = {}): Promise<Ended> => {
  runs++;
  const prelude = `pids=${pidFile()}; me() { echo "$BASHPID" >> "$pids"; }; export pids; export -f me; me; ${BOTH}\n`;
  return runProcess({
    command: '/bin/bash',
    args: ['-c', prelude + script],
    env: { PATH: process.env.PATH ?? '' },
    cwd: directory,
    input: null,
    limitMs: 10_000,
    killGraceMs: GRACE_MS,
    logLimitBytes: 256 * KIB,
    stop: new AbortController().signal,
    marker: `shapes-${process.pid}:${runs}:1`,
    enclosure: contained && containment ? { ...containment, owner: String(runs), run: 1 } : null,
    ...more,
  });
};

const lengthOf = (ended: Ended) => ended.finishedAt - ended.startedAt;

/** How many pids reported themselves, once none of them is alive. */
const gone = (): number => {
  const pids = existsSync(pidFile()) ? readFileSync(pidFile(), 'utf8').trim().split('\n').map(Number) : [];
  expect(pids.filter(isAlive)).toEqual([]);
  return pids.length;
};

describe.each([
  ['by their group and mark', false],
  ['through a gate into a control group, where the host has them', true],
])('kept together %s', (_way, enclosed) => {
  beforeAll(() => {
    contained = enclosed;
  });

  describe('programs that end by themselves', () => {
    test('an exit code is told as it is', async () => {
      expect(await run('exit 124')).toMatchObject({ cause: 'exited', exitCode: 124, signal: null, sent: null });
    });

    test('a signal from outside is told by its name', async () => {
      expect(await run('kill -SEGV $$')).toMatchObject({ cause: 'exited', exitCode: null, signal: 'SIGSEGV' });
    });

    test('input that nobody reads harms nobody', async () => {
      expect(await run('echo done', { input: 'x'.repeat(5_000 * KIB) })).toMatchObject({
        cause: 'exited',
        exitCode: 0,
      });
    });

    test('input is written while output is read', async () => {
      const ended = await run('cat', { input: Buffer.alloc(2_000 * KIB, 'ab\n'), logLimitBytes: 4_000 * KIB });
      expect(ended.stdout.head).toHaveLength(2_000 * KIB);
    });

    test('both streams at once, beyond the limit, are drained and counted', async () => {
      const bytes = 20 * KIB * KIB;
      const pour = `head -c ${bytes} /dev/zero`;
      const ended = await run(`${pour} >&2 & ${pour}; wait; echo; echo last`);
      expect(ended).toMatchObject({ exitCode: 0 });
      expect(ended.stdout.head.length + ended.stdout.droppedBytes).toBe(bytes + '\nlast\n'.length);
      expect(ended.stderr.head.length + ended.stderr.droppedBytes).toBe(bytes);
      expect(ended.stdout.head).toHaveLength(256 * KIB - 128);
      expect(ended.stdout.tail.endsWith('\nlast\n')).toBe(true);
    });

    test('the tail is the last 50 lines', async () => {
      const { stdout } = await run('seq 1 1000');
      expect(stdout.tail.trim().split('\n')).toEqual(Array.from({ length: 50 }, (_, index) => String(951 + index)));
    });
  });

  describe('what never began', () => {
    test.each([
      ['a command that does not exist', { command: '/no/such/program' }],
      ['a directory that does not exist', { cwd: '/no/such/directory' }],
      ['an argument no process can be given', { args: ['\0'] }],
      ['more arguments than fit', { args: ['-c', 'true', 'x'.repeat(4_000 * KIB)] }],
    ])('%s is an answer', async (_, more) => {
      const ended = await run('', more);
      expect(ended).toMatchObject({ cause: 'not-started', exitCode: null });
      expect(ended.problem).toMatch(/ENOENT|null bytes|E2BIG|not found|can't cd|too long/);
    });
  });

  describe('limit and cancellation', () => {
    const limitMs = 800;

    test('a sleeper is asked to stop at its limit, and not before', async () => {
      const ended = await run('sleep 30', { limitMs });
      expect(ended).toMatchObject({ cause: 'timeout', sent: 'SIGTERM' });
      expect(lengthOf(ended)).toBeGreaterThanOrEqual(limitMs);
      expect(lengthOf(ended)).toBeLessThan(limitMs + SLACK_MS);
      gone();
    });

    test('one that ignores the polite signal is killed after the grace, with its children', async () => {
      const ended = await run(`trap '' TERM; (me; while :; do sleep 0.05; done) & while :; do sleep 0.05; done`, {
        limitMs,
      });
      expect(ended).toMatchObject({ cause: 'timeout', signal: 'SIGKILL', sent: 'SIGKILL' });
      expect(lengthOf(ended)).toBeGreaterThanOrEqual(limitMs + GRACE_MS);
      expect(gone()).toBe(2);
    });

    test('one that exits 0 when asked has timed out all the same', async () => {
      const ended = await run(`trap 'exit 0' TERM; while :; do sleep 0.02; done`, { limitMs });
      expect(ended).toMatchObject({ cause: 'timeout', exitCode: 0, sent: 'SIGTERM' });
    });

    test('a leader that goes leaves no children that ignore the polite signal', async () => {
      const ended = await run(`(trap '' TERM; me; while :; do sleep 0.05; done) & sleep 30`, { limitMs });
      expect(ended).toMatchObject({ cause: 'timeout' });
      expect(lengthOf(ended)).toBeGreaterThanOrEqual(limitMs + GRACE_MS);
      expect(gone()).toBe(2);
    });

    test('a stop is a cancellation, and the first cause wins', async () => {
      const stop = new AbortController();
      const ending = run(`trap '' TERM; touch "$pids.up"; sleep 30`, {
        limitMs: 800,
        stop: stop.signal,
        killGraceMs: 1_000,
      });
      while (!existsSync(`${pidFile()}.up`)) await setImmediate();
      stop.abort();
      expect(await ending).toMatchObject({ cause: 'cancelled', sent: 'SIGKILL' });
      gone();
    });

    test('one that was stopped before it began is cancelled', async () => {
      expect(await run('sleep 30', { stop: AbortSignal.abort() })).toMatchObject({ cause: 'cancelled' });
    });

    test('one that closed its output still has its limit', async () => {
      expect(await run('exec >&- 2>&-; sleep 30', { limitMs })).toMatchObject({ cause: 'timeout' });
    });
  });

  describe('what a program leaves behind', () => {
    test.each([
      ['a background child that holds the output', 'sh -c "echo \\$\\$ >> $pids; exec sleep 30" & both'],
      ['a child under nohup', 'nohup bash -c "me; exec sleep 30" >/dev/null 2>&1 & both'],
      ['a double fork', '( (me; exec sleep 30) & ) ; both'],
      ['a child in a session of its own that holds the output', 'setsid bash -c "me; exec sleep 30" & both'],
      ['a child without environment in the group', 'env -i sh -c "echo \\$\\$ >> $pids; exec sleep 30" & both'],
      ['a child that ignores the polite signal', `bash -c 'trap "" TERM; me; while :; do sleep 0.05; done' & both`],
    ])('%s ends with it', async (_, script) => {
      const ended = await run(script);
      expect(ended).toMatchObject({ cause: 'exited', exitCode: 0, leaked: [] });
      expect(lengthOf(ended)).toBeLessThan(SLACK_MS);
      expect(gone()).toBe(2);
    });
  });
});
