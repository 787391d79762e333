import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cgroupBase } from '../../../platform/cgroup-base';
import { findCgroups, type Cgroups } from '../../../platform/worker/cgroups';
import { endEarlierAttempts, endFormerLife } from '../../../platform/worker/former-life';
import { isAlive } from '../../../platform/worker/process-table';
import { runProcess } from '../../../platform/worker/process';

const INSTANCE = `contain-${process.pid}`;
const LOOK_MS = 5;

let directory: string;
let cgroups: Cgroups | null;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'contain-'));
  ({ cgroups } = await findCgroups(INSTANCE, 'w1'));
});
afterAll(async () => {
  await cgroups?.close();
  rmSync(directory, { recursive: true, force: true });
});

let runs = 0;

/** Runs a shell script as an attempt; `$pids` names the file its processes report themselves in. */
const run = async (script: string, command = '/bin/sh') => {
  const execution = ++runs;
  const pids = join(directory, `pids-${execution}`);
  const ended = await runProcess({
    command,
    args: ['-c', script],
    env: { PATH: process.env.PATH ?? '', pids },
    cwd: directory,
    input: null,
    limitMs: 500,
    killGraceMs: 200,
    logLimitBytes: 1_024,
    stop: new AbortController().signal,
    marker: `${INSTANCE}:${execution}:1`,
    cgroup: (await cgroups?.open(execution, 1)) ?? null,
  });
  return { ended, pids: existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [] };
};

test('the host is told to have control groups only where a process could be moved and killed there', () => {
  const base = cgroupBase(INSTANCE);

  expect(cgroups === null || (base !== null && existsSync(base))).toBe(true);
});

test('who left group, session and environment is stopped too, where the host allows control groups', async () => {
  const escape = `env -i pids=$pids setsid sh -c 'echo $$ >> "$pids"; exec sleep 30' &`;
  const { ended, pids } = await run(`${escape} echo $$ >> "$pids"; sleep 30`);

  expect(ended).toMatchObject({ cause: 'timeout', leaked: [] });
  const left = pids.filter(isAlive);
  left.forEach((pid) => process.kill(pid, 'SIGKILL'));
  expect([pids.length, left.length]).toEqual([2, cgroups === null ? 1 : 0]);
});

test('what cannot be started is told as never begun', async () => {
  const bad = join(directory, 'bad');
  writeFileSync(bad, '#!/no/such/interpreter\n', { mode: 0o755 });

  const ends = [await run('', '/no/such/program'), await run('', bad), await run('exit 127')];

  expect(ends.map(({ ended }) => [ended.cause, ended.exitCode])).toEqual([
    ['not-started', null],
    ['not-started', null],
    ['exited', 127],
  ]);
});

test('a program that ends at once is told as it ended, and its group is gone', async () => {
  const { ended } = await run('exit 7');

  expect(ended).toMatchObject({ cause: 'exited', exitCode: 7 });
  expect(existsSync(join(cgroupBase(INSTANCE) ?? directory, 'w1', `${runs}.1`))).toBe(false);
});

test('a program that is held until it is inside still reads its whole input', async () => {
  const ends = await Promise.all(Array.from({ length: 8 }, () => run('printf x; exit 3')));

  expect(ends.map(({ ended }) => [ended.exitCode, ended.stdout.head.toString()])).toEqual(Array(8).fill([3, 'x']));
});

/** A sleeping process with these variables, in a session of its own. */
const orphan = (env: Record<string, string>) => {
  const child = spawn('sleep', ['30'], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  child.unref();
  return child.pid!;
};

const toEnd = async (pid: number) => {
  while (isAlive(pid)) await pause(LOOK_MS);
};

test('a worker that comes back ends what it left running and removes its private files, and nobody else’s', async () => {
  const mine = orphan({ PLATFORM_WORKER: `${INSTANCE}-w1`, PLATFORM_MARK: `${INSTANCE}:900:1` });
  const other = orphan({ PLATFORM_WORKER: `${INSTANCE}-w10`, PLATFORM_MARK: `${INSTANCE}:901:1` });
  const temporary = join(directory, 'tmp');
  mkdirSync(join(temporary, 'attempt-x'), { recursive: true });
  writeFileSync(join(temporary, 'attempt-x', 'parameters.json'), '{}');

  await endFormerLife(`${INSTANCE}-w1`, temporary);
  await toEnd(mine);

  expect([isAlive(other), existsSync(temporary)]).toEqual([true, false]);
  process.kill(other, 'SIGKILL');
});

test('earlier attempts of an execution are ended, and those of others are not', async () => {
  const earlier = orphan({ PLATFORM_MARK: `${INSTANCE}:77:1` });
  const other = orphan({ PLATFORM_MARK: `${INSTANCE}:770:1` });

  await endEarlierAttempts(INSTANCE, 77);
  await toEnd(earlier);

  expect(isAlive(other)).toBe(true);
  process.kill(other, 'SIGKILL');
});

test('groups left by a former life are emptied and removed at the next start', async () => {
  const first = await findCgroups(INSTANCE, 'w2');
  const left = orphan({});
  await (await first.cgroups?.open(1, 1))?.take(left);

  const second = await findCgroups(INSTANCE, 'w2');

  if (first.cgroups === null) process.kill(left, 'SIGKILL');
  await toEnd(left);
  await second.cgroups?.close();
  expect(existsSync(join(cgroupBase(INSTANCE) ?? directory, 'w2'))).toBe(false);
});
