import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cgroupBase } from '../../../platform/cgroup-base';
import { findCgroups, type Cgroups } from '../../../platform/worker/cgroups';
import type { Gate } from '../../../platform/worker/gate';
import { openGates, type Gates } from '../../../platform/worker/gates';
import { isAlive } from '../../../platform/worker/process-table';
import { runProcess } from '../../../platform/worker/process';

const INSTANCE = `gates-${process.pid}`;
const LOOK_MS = 5;
const OWN = { PATH: process.env.PATH ?? '', PLATFORM_WORKER: 'gates-w1', SPARE: 'of the worker', OLDPWD: '/usr' };

let directory: string;
let cgroups: Cgroups | null;
let gates: Gates;
const failed = jest.fn((why: string) => process.emitWarning(why));
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gates-'));
  ({ cgroups } = await findCgroups({ instance: INSTANCE, worker: 'w1', temporary: directory }));
  if (cgroups !== null) gates = openGates({ cgroups, variables: OWN, slots: 2, failed });
});
afterAll(async () => {
  await gates?.close();
  await cgroups?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Where the host has no control groups there are no gates, and nothing here to hold. */
const testGates = (title: string, body: (found: Cgroups) => Promise<void>) =>
  test(title, async () => (cgroups === null ? expect(cgroupBase(INSTANCE)).toBeDefined() : body(cgroups)));

let executions = 0;

/** Runs a shell script, through a gate or plainly, and answers what it said. */
const said = async (
  script: string,
  env: Readonly<Record<string, string>>,
  through: boolean,
  input: string | null = null,
) => {
  const execution = ++executions;
  const ended = await runProcess({
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
    enclosure: through && cgroups ? { cgroups, gates, owner: String(execution), run: 1 } : null,
  });
  return ended.stdout.head.toString() + ended.stderr.head.toString();
};

const ended = async (pid: number) => {
  while (isAlive(pid)) await pause(LOOK_MS);
  return true;
};

const of = (pid: number, file: string) => readFileSync(`/proc/${pid}/${file}`, 'latin1').split('\0').filter(Boolean);

testGates(
  'a program is given its arguments, variables, directory, limits and descriptors, and nothing of the shell',
  async () => {
    const env = {
      PATH: OWN.PATH,
      QUOTED: `it's "$HOME" \\ \n line 2\n`,
      EMPTY: '',
      PLATFORM_WORKER: 'gates-w1',
      LATE: '1',
    };
    const told = `tr '\\0' '\\n' </proc/$$/environ | sort; tr '\\0' '|' </proc/$$/cmdline; pwd; umask; ulimit -a; id; ls /proc/$$/fd; trap; cat`;
    const plainly = await said(told, env, false, 'input');

    const through = await said(told, env, true, 'input');

    expect(through.replace(`PWD=${directory}\n`, '')).toBe(plainly.replace(`PWD=${directory}\n`, ''));
    expect(through).not.toMatch(/SPARE|OLDPWD/);
  },
);

testGates('variables that no shell hands on, or that are its own, reach the program all the same', async () => {
  const env = { PATH: OWN.PATH, 'odd.name': '1', RANDOM: 'x', UID: 'nobody' };

  const told = await said(`tr '\\0' '\\n' </proc/$$/environ | grep -E 'odd|RANDOM|UID' | sort`, env, true);

  expect(told).toBe('RANDOM=x\nUID=nobody\nodd.name=1\n');
});

testGates('a program that is given no input reads none', async () => {
  expect(await said('cat; echo "$?"; readlink /proc/$$/fd/0', { PATH: OWN.PATH }, true)).toBe('0\n/dev/null\n');
});

testGates('what waits shows its worker, and nothing of any program', async () => {
  const gate = await gates.take();

  expect([of(gate.pid, 'cmdline'), of(gate.pid, 'environ').sort()]).toEqual([
    ['/bin/sh'],
    Object.entries(OWN)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  ]);
  expect(await gate.cgroup.members()).toEqual([gate.pid]);
  await gate.close();
});

testGates('one that somebody ended is not handed out, and its group goes', async (found) => {
  const opened = recorded(found);
  const own = openGates({ cgroups: opened, variables: OWN, slots: 1, failed });
  await own.take().then((gate) => gate.close());
  while (opened.groups.length < 2) await pause(LOOK_MS);
  const [, spare] = opened.groups;
  while ((await spare!.members()).length === 0) await pause(LOOK_MS);
  const [pid] = await spare!.members();
  process.kill(pid!, 'SIGKILL');
  await ended(pid!);

  const gate = await own.take();

  expect([gate.pid === pid, gate.isWaiting()]).toEqual([false, true]);
  await expect(spare!.members()).rejects.toMatchObject({ code: 'ENOENT' });
  await gate.close();
  await own.close();
});

testGates('at the end none is left waiting, and no group', async (found) => {
  const opened = recorded(found);
  const own = openGates({ cgroups: opened, variables: OWN, slots: 3, failed });
  const taken: Gate = await own.take();
  while (opened.groups.length < 4) await pause(LOOK_MS);

  await own.close();
  await taken.close();

  for (const group of opened.groups) await expect(group.members()).rejects.toMatchObject({ code: 'ENOENT' });
});

testGates('where no group can be had a program is told as never begun, for that reason', async () => {
  const none = { open: () => Promise.reject(new Error('ENOSPC: no room for another group')) };
  const own = openGates({ cgroups: none, variables: OWN, slots: 1, failed });

  await expect(own.take()).rejects.toThrow('ENOSPC');

  await own.close();
});

testGates('those of a worker that is killed end by themselves', async () => {
  const holder = spawn(
    process.execPath,
    ['-r', 'esbuild-register', join(__dirname, 'hold-gates.ts'), `${INSTANCE}-lost`, directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [chunk] = (await once(holder.stdout, 'data')) as [Buffer];
  const pids = chunk.toString().trim().split(' ').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);

  holder.kill('SIGKILL');

  expect(await Promise.all(pids.map(ended))).toEqual([true, true]);
  const next = await findCgroups({ instance: `${INSTANCE}-lost`, worker: 'w1', temporary: directory });
  await next.cgroups?.close();
});

/** The same groups, and all that were opened. */
function recorded(found: Cgroups) {
  const groups: Awaited<ReturnType<Cgroups['open']>>[] = [];
  const open = async () => {
    const group = await found.open();
    groups.push(group);
    return group;
  };
  return { open, groups };
}
