import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cgroupBase } from '../../../platform/base/host/cgroup-base';
import { detectCgroups, type Cgroups } from '../../../platform/worker/process/cgroups';
import type { PreforkProcess } from '../../../platform/worker/process/pool/prefork-process';
import { startPreforkPool, type PreforkPool } from '../../../platform/worker/process/pool/prefork-pool';
import { isAlive } from '../../../platform/worker/process/process-table';
import { runProcess } from '../../../platform/worker/process/run-process';

const INSTANCE = `prefork-${process.pid}`;
const KIND = { tenant: 1, network: 'full' } as const;
const POLL_MS = 5;
const COMMAND = { command: '/bin/true', args: [], env: {}, cwd: '/', input: null };
const SHELL_ENV = {
  PATH: process.env.PATH ?? '',
  PLATFORM_WORKER: 'prefork-w1',
  SPARE: 'of the worker',
  OLDPWD: '/usr',
};

let directory: string;
let cgroups: Cgroups | null;
let preforkPool: PreforkPool;
const onRefillFailure = jest.fn((why: string) => process.emitWarning(why));
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'prefork-'));
  ({ cgroups } = await detectCgroups({ instance: INSTANCE, worker: 'w1', temporaryDirectory: directory }));
  if (cgroups !== null) preforkPool = startPreforkPool({ cgroups, variables: SHELL_ENV, slots: 2, onRefillFailure });
});
afterAll(async () => {
  await preforkPool?.close();
  await cgroups?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A host without control groups has no prefork shells to test. */
const testPool = (title: string, body: (cgroupsFound: Cgroups) => Promise<void>) =>
  test(title, async () => (cgroups === null ? expect(cgroupBase(INSTANCE)).toBeDefined() : body(cgroups)));

let executions = 0;

/** Runs a shell script, in a prefork shell or directly, and returns its output. */
const outputOf = async (
  script: string,
  env: Readonly<Record<string, string>>,
  usesPool: boolean,
  input: string | null = null,
) => {
  const execution = ++executions;
  const exit = await runProcess({
    command: '/bin/sh',
    args: ['-c', script, 'a name', "an 'argument'\n"],
    env,
    cwd: directory,
    input,
    limitMs: 10_000,
    killGraceMs: 200,
    logLimitBytes: 64 * 1_024,
    stop: new AbortController().signal,
    marker: `${INSTANCE}:1:1`,
    cgroupPlacement: usesPool && cgroups ? { cgroups, preforkPool, owner: String(execution), run: 1, ...KIND } : null,
  });
  return exit.stdout.head.toString() + exit.stderr.head.toString();
};

const untilExit = async (pid: number) => {
  while (isAlive(pid)) await pause(POLL_MS);
  return true;
};

const procStrings = (pid: number, file: string) =>
  readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0').filter(Boolean);

testPool('a program in a prefork shell has the same environment as without one', async () => {
  const env = {
    PATH: SHELL_ENV.PATH,
    QUOTED: `it's "$HOME" \\ \n line 2\n`,
    EMPTY: '',
    PLATFORM_WORKER: 'prefork-w1',
    LATE: '1',
  };
  const printScript = `tr '\\0' '\\n' </proc/$$/environ | sort; tr '\\0' '|' </proc/$$/cmdline; pwd; umask; ulimit -a; id; ls /proc/$$/fd; trap; cat`;
  const direct = await outputOf(printScript, env, false, 'input');

  const pooled = await outputOf(printScript, env, true, 'input');

  expect(pooled.replace(`PWD=${directory}\n`, '')).toBe(direct.replace(`PWD=${directory}\n`, ''));
  expect(pooled).not.toMatch(/SPARE|OLDPWD/);
});

testPool('variables that a shell cannot export reach the program', async () => {
  const env = { PATH: SHELL_ENV.PATH, 'odd.name': '1', RANDOM: 'x', UID: 'other' };

  const output = await outputOf(`tr '\\0' '\\n' </proc/$$/environ | grep -E 'odd|RANDOM|UID' | sort`, env, true);

  expect(output).toBe('RANDOM=x\nUID=other\nodd.name=1\n');
});

testPool('a program without input reads /dev/null', async () => {
  expect(await outputOf('cat; echo "$?"; readlink /proc/$$/fd/0', { PATH: SHELL_ENV.PATH }, true)).toBe(
    '0\n/dev/null\n',
  );
});

testPool('an idle shell shows its worker and no program', async () => {
  const shell = await preforkPool.acquire(KIND, COMMAND);

  expect([procStrings(shell.pid, 'cmdline'), procStrings(shell.pid, 'environ').sort()]).toEqual([
    ['/bin/sh'],
    Object.entries(SHELL_ENV)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  ]);
  expect(shell.cgroup!.members()).toEqual([shell.pid]);
  await shell.close();
});

testPool('a killed idle shell is replaced and its group removed', async (cgroupsFound) => {
  const recorder = recordGroups(cgroupsFound);
  const ownPool = startPreforkPool({ cgroups: recorder, variables: SHELL_ENV, slots: 1, onRefillFailure });
  await ownPool.acquire(KIND, COMMAND).then((shell) => shell.close());
  // The group of the shell that was closed does not exist any more.
  const findSpare = () => recorder.groups.find(({ path }) => existsSync(path));
  while (!findSpare()?.members().length) await pause(POLL_MS);
  const spare = findSpare()!;
  const [pid] = spare.members();
  process.kill(pid!, 'SIGKILL');
  await untilExit(pid!);

  const shell = await ownPool.acquire(KIND, COMMAND);

  expect([shell.pid === pid, shell.isWaiting()]).toEqual([false, true]);
  expect(() => spare.members()).toThrow('ENOENT');
  await shell.close();
  await ownPool.close();
});

testPool('closing the pool removes all idle shells and groups', async (cgroupsFound) => {
  const recorder = recordGroups(cgroupsFound);
  const ownPool = startPreforkPool({ cgroups: recorder, variables: SHELL_ENV, slots: 3, onRefillFailure });
  const acquired: PreforkProcess = await ownPool.acquire(KIND, COMMAND);
  while (recorder.groups.length < 4) await pause(POLL_MS);

  await ownPool.close();
  await acquired.close();

  for (const group of recorder.groups) {
    expect(() => group.members()).toThrow('ENOENT');
  }
});

testPool('acquire rejects with the reason when no group can be created', async () => {
  const noGroups = { create: () => Promise.reject(new Error('ENOSPC: no space for another group')) };
  const ownPool = startPreforkPool({ cgroups: noGroups, variables: SHELL_ENV, slots: 1, onRefillFailure });

  await expect(ownPool.acquire(KIND, COMMAND)).rejects.toThrow('ENOSPC');

  await ownPool.close();
});

testPool('the idle shells of a killed worker exit', async () => {
  const holder = spawn(
    process.execPath,
    ['-r', 'esbuild-register', join(__dirname, 'prefork-shell-holder.ts'), `${INSTANCE}-lost`, directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [chunk] = (await once(holder.stdout, 'data')) as [Buffer];
  const pids = chunk.toString().trim().split(' ').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);

  holder.kill('SIGKILL');

  expect(await Promise.all(pids.map(untilExit))).toEqual([true, true]);
  const next = await detectCgroups({ instance: `${INSTANCE}-lost`, worker: 'w1', temporaryDirectory: directory });
  await next.cgroups?.close();
});

/** Records every group that is created. */
function recordGroups(cgroupsFound: Cgroups) {
  const groups: Awaited<ReturnType<Cgroups['create']>>[] = [];
  const create = async (tenant: number) => {
    const group = await cgroupsFound.create(tenant);
    groups.push(group);
    return group;
  };
  return { create, groups };
}
