import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cgroupBase } from '../../../platform/cgroup-base';
import { findCgroups, type Cgroups } from '../../../platform/worker/cgroups';
import { openGates } from '../../../platform/worker/gates';
import type { Containment } from '../../../platform/worker/surroundings';
import { endEarlierAttempts, endFormerLife } from '../../../platform/worker/former-life';
import { isAlive } from '../../../platform/worker/process-table';
import { runProcess } from '../../../platform/worker/process';

const INSTANCE = `contain-${process.pid}`;
const LOOK_MS = 5;

let directory: string;
let containment: Containment | null;
const find = async (worker: string): Promise<Cgroups | null> =>
  (await findCgroups({ instance: INSTANCE, worker, temporary: directory })).cgroups;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'contain-'));
  const cgroups = await find('w1');
  const variables = { PATH: process.env.PATH ?? '' };
  const failed = (why: string) => process.emitWarning(why);
  containment = cgroups && { cgroups, gates: openGates({ cgroups, variables, slots: 2, failed }) };
});
afterAll(async () => {
  await containment?.gates.close();
  await containment?.cgroups.close();
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
    enclosure: containment && { ...containment, owner: String(execution), run: 1 },
  });
  return { ended, pids: existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [] };
};

test('the host is told to have control groups only where a process could be moved and killed there', () => {
  const base = cgroupBase(INSTANCE);

  expect(containment === null || (base !== null && existsSync(base))).toBe(true);
});

/** Names of the groups that hold somebody, or once did. */
const groupsOf = (worker: string): string[] => {
  const home = join(cgroupBase(INSTANCE) ?? directory, worker);
  return existsSync(home)
    ? readdirSync(home, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
};

test('who left group, session and environment is stopped too, where the host allows control groups', async () => {
  const escape = `env -i pids=$pids setsid sh -c 'echo $$ >> "$pids"; exec sleep 30' &`;
  const { ended, pids } = await run(`${escape} echo $$ >> "$pids"; sleep 30`);

  expect(ended).toMatchObject({ cause: 'timeout', leaked: [] });
  const left = pids.filter(isAlive);
  left.forEach((pid) => process.kill(pid, 'SIGKILL'));
  expect([pids.length, left.length]).toEqual([2, containment === null ? 1 : 0]);
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

test('a program that ends at once is told as it ended, and its group goes', async () => {
  const before = groupsOf('w1');

  const { ended } = await run('exit 7');

  expect(ended).toMatchObject({ cause: 'exited', exitCode: 7 });
  // Those that wait for a program stay, and are two at most.
  while (groupsOf('w1').filter((name) => before.includes(name)).length === before.length && before.length > 0)
    await pause(LOOK_MS);
  while (groupsOf('w1').length > 2) await pause(LOOK_MS);
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
  const first = await find('w2');
  const left = orphan({});
  await (await first?.open())?.take(left);

  const second = await find('w2');

  if (first === null) process.kill(left, 'SIGKILL');
  await toEnd(left);
  await second?.close();
  expect(existsSync(join(cgroupBase(INSTANCE) ?? directory, 'w2'))).toBe(false);
});

test('any worker of the host ends what an execution left in a group, and leaves others alone', async () => {
  const [lost, finder] = [await find('w3'), await find('w4')];
  if (lost === null || finder === null) return expect(containment).toBeNull();
  const pids = await Promise.all(
    [7, 70].map(async (execution) => {
      const [group, pid] = [await lost.open(), orphan({})];
      await group.take(pid);
      group.assign({ owner: String(execution), run: 1 });
      return pid;
    }),
  );

  await finder.endEarlier('7');
  await toEnd(pids[0]!);

  expect([isAlive(pids[1]!), readdirSync(join(directory, 'w3', 'groups'))]).toEqual([true, ['70.1']]);
  await Promise.all([lost.close(), finder.close()]);
  await toEnd(pids[1]!);
});
