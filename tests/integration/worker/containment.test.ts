import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cgroupBase, limitBase } from '../../../platform/base/host/cgroup-base';
import { detectCgroups, type Cgroups } from '../../../platform/worker/process/cgroups';
import { startPreforkPool } from '../../../platform/worker/process/pool/prefork-pool';
import type { Containment } from '../../../platform/worker/worker-context';
import { cleanUpOrphans, killEarlierRuns } from '../../../platform/worker/process/orphan-cleanup';
import { isAlive } from '../../../platform/worker/process/process-table';
import { runProcess } from '../../../platform/worker/process/run-process';

const INSTANCE = `contain-${process.pid}`;
const POLL_MS = 5;

let directory: string;
let containment: Containment | null;
const detect = async (worker: string): Promise<Cgroups | null> =>
  (await detectCgroups({ instance: INSTANCE, worker, temporaryDirectory: directory })).cgroups;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'contain-'));
  const cgroups = await detect('w1');
  const variables = { PATH: process.env.PATH ?? '' };
  const onRefillFailure = (why: string) => process.emitWarning(why);
  containment = cgroups && {
    cgroups,
    preforkPool: startPreforkPool({ cgroups, variables, slots: 2, onRefillFailure }),
    builds: null,
  };
});
afterAll(async () => {
  await containment?.preforkPool.close();
  await containment?.cgroups?.close();
  rmSync(directory, { recursive: true, force: true });
});

let runs = 0;

/** Runs a shell script as an attempt; its processes append their pids to the file `$pids`. */
const run = async (script: string, { command = '/bin/sh', limitMs = 30_000 } = {}) => {
  const execution = ++runs;
  const pids = join(directory, `pids-${execution}`);
  const exit = await runProcess({
    command,
    args: ['-c', script],
    env: { PATH: process.env.PATH ?? '', pids },
    cwd: directory,
    input: null,
    limitMs,
    killGraceMs: 200,
    logLimitBytes: 1_024,
    stop: new AbortController().signal,
    marker: `${INSTANCE}:${execution}:1`,
    cgroupPlacement: containment && { ...containment, owner: String(execution), run: 1, tenant: 1, network: 'full' },
  });
  return { exit, pids: existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : [] };
};

test('control groups are detected only on a host with cgroup v2', () => {
  const base = cgroupBase(INSTANCE);

  expect(containment === null || (base !== null && existsSync(base))).toBe(true);
});

const directoriesIn = (path: string): string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];

/** Names of the existing groups of a worker. */
const groupNames = (worker: string): string[] => {
  const base = cgroupBase(INSTANCE) ?? directory;
  const homes = directoriesIn(base).map((tenant) => join(base, tenant, worker));
  return homes.flatMap(directoriesIn);
};

test('RT-03 a process that left group and environment is stopped', async () => {
  const escapee = `env -i pids=$pids setsid sh -c 'echo $$ >> "$pids"; exec sleep 60' &`;
  const { exit, pids } = await run(`${escapee} echo $$ >> "$pids"; sleep 60`, { limitMs: 5_000 });

  expect(exit).toMatchObject({ cause: 'timeout', leakedPids: [] });
  const left = pids.filter(isAlive);
  left.forEach((pid) => process.kill(pid, 'SIGKILL'));
  expect([pids.length, left.length]).toEqual([2, containment === null ? 1 : 0]);
});

test('the programs of a platform compete for the processors as one group', async () => {
  const base = containment && limitBase(INSTANCE, 'cpu');
  const { exit } = await run('cat /proc/self/cgroup');

  const ofProcessors = exit.stdout.head.toString().match(/^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m)?.[1] ?? '';
  expect(base === null || new RegExp(`/${basename(base)}/\\d+/w1/\\d+$`).test(ofProcessors)).toBe(true);
});

test('a program that cannot be executed is reported as not started', async () => {
  const bad = join(directory, 'bad');
  writeFileSync(bad, '#!/no/such/interpreter\n', { mode: 0o755 });

  const exits = [
    await run('', { command: '/no/such/program' }),
    await run('', { command: bad }),
    await run('exit 127'),
  ];

  expect(exits.map(({ exit }) => [exit.cause, exit.exitCode])).toEqual([
    ['not-started', null],
    ['not-started', null],
    ['exited', 127],
  ]);
});

test('the group of a short program is removed and its exit code reported', async () => {
  const before = groupNames('w1');

  const { exit } = await run('exit 7');

  expect(exit).toMatchObject({ cause: 'exited', exitCode: 7 });
  // Groups of idle prefork shells remain: at most two.
  while (groupNames('w1').filter((name) => before.includes(name)).length === before.length && before.length > 0)
    await pause(POLL_MS);
  while (groupNames('w1').length > 2) await pause(POLL_MS);
});

test('eight concurrent programs each report their own output and exit code', async () => {
  const exits = await Promise.all(Array.from({ length: 8 }, () => run('printf x; exit 3')));

  expect(exits.map(({ exit }) => [exit.exitCode, exit.stdout.head.toString()])).toEqual(Array(8).fill([3, 'x']));
});

/** Starts a sleeping process with these variables in a session of its own. */
const spawnOrphan = (env: Record<string, string>) => {
  const child = spawn('sleep', ['30'], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  child.unref();
  return child.pid!;
};

const untilExit = async (pid: number) => {
  while (isAlive(pid)) await pause(POLL_MS);
};

test('a restarted worker kills only its own orphans and removes its files', async () => {
  const mine = spawnOrphan({ PLATFORM_WORKER: `${INSTANCE}-w1`, PLATFORM_MARK: `${INSTANCE}:900:1` });
  const other = spawnOrphan({ PLATFORM_WORKER: `${INSTANCE}-w10`, PLATFORM_MARK: `${INSTANCE}:901:1` });
  const temporary = join(directory, 'tmp');
  mkdirSync(join(temporary, 'attempt-x'), { recursive: true });
  writeFileSync(join(temporary, 'attempt-x', 'parameters.json'), '{}');

  await cleanUpOrphans(`${INSTANCE}-w1`, temporary);
  await untilExit(mine);

  expect([isAlive(other), existsSync(temporary)]).toEqual([true, false]);
  process.kill(other, 'SIGKILL');
});

test('only earlier attempts of the same execution are killed', async () => {
  const earlier = spawnOrphan({ PLATFORM_MARK: `${INSTANCE}:77:2` });
  const others = ['77:3', '77:10', '770:1'].map((run) => spawnOrphan({ PLATFORM_MARK: `${INSTANCE}:${run}` }));

  await killEarlierRuns(INSTANCE, { owner: '77', run: 3 });
  await untilExit(earlier);

  expect(others.map(isAlive)).toEqual([true, true, true]);
  for (const pid of others) process.kill(pid, 'SIGKILL');
});

test('groups left by an earlier worker process are removed at the next start', async () => {
  const first = await detect('w2');
  const left = spawnOrphan({});
  await (await first?.create(1))?.add(left);

  const second = await detect('w2');

  if (first === null) process.kill(left, 'SIGKILL');
  await untilExit(left);
  await second?.close();
  expect(groupNames('w2')).toEqual([]);
});

test('another worker kills only the groups that earlier attempts left', async () => {
  const [lost, finder] = [await detect('w3'), await detect('w4')];
  if (lost === null || finder === null) return expect(containment).toBeNull();
  const pids = await Promise.all(
    [
      { owner: '7', run: 1 },
      { owner: '7', run: 2 },
      { owner: '70', run: 1 },
    ].map(async (run) => {
      const [group, pid] = [await lost.create(1), spawnOrphan({})];
      await group.add(pid);
      group.assignRun(run);
      return pid;
    }),
  );

  await finder.killEarlierRuns({ owner: '7', run: 2 });
  await untilExit(pids[0]!);

  expect(pids.map(isAlive)).toEqual([false, true, true]);
  expect(readdirSync(join(directory, 'w3', 'groups')).sort()).toEqual(['7.2', '70.1']);
  await Promise.all([lost.close(), finder.close()]);
  for (const pid of pids) await untilExit(pid);
});
