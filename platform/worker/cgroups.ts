import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupBase } from '../cgroup-base';
import { codeOf, messageOf } from './faults';

/**
 * A control group of one attempt. Who is in it stays in it, and so do all it starts, whatever session, process group or
 * environment they choose.
 */
export interface Cgroup {
  /** Takes a process in. Rejects with the host's reason; ESRCH: there is no such process any more. */
  take(pid: number): Promise<void>;
  /** Pids of those alive. */
  members(): Promise<number[]>;
  /** KILL to all at once, also to those that come into being meanwhile. */
  kill(): Promise<void>;
  /** Nobody is in it any more. */
  remove(): Promise<void>;
}

/** The control groups of one worker. */
export interface Cgroups {
  open(execution: number, attempt: number): Promise<Cgroup>;
  /** Ends what earlier attempts of an execution left on this host, whichever worker ran them. */
  endEarlier(execution: number): Promise<void>;
  /** Ends all that is in them, and removes them. */
  close(): Promise<void>;
}

const LOOK_MS = 5;
/** What outlives KILL for so long hangs in the kernel. */
const KILL_WAIT_MS = 2_000;

export type Found = { readonly cgroups: Cgroups } | { readonly cgroups: null; readonly why: string };

/**
 * Tries on a process of its own whether this host lets us have control groups. A former life of the worker's may have
 * left some: what is in them ends here.
 */
export async function findCgroups(instance: string, worker: string): Promise<Found> {
  const base = cgroupBase(instance);
  if (base === null) return { cgroups: null, why: 'the host shows no version 2 hierarchy' };
  const home = join(base, worker);
  try {
    await mkdir(home, { recursive: true });
    await endTree(home);
    await mkdir(home);
    await tryOut(join(home, 'probe'));
    return { cgroups: { open: openIn(home), endEarlier: endEarlierIn(base), close: () => closeAll(base, home) } };
  } catch (error) {
    await closeAll(base, home).catch(() => undefined); // what could not be made need not be removed
    return { cgroups: null, why: messageOf(error) };
  }
}

async function tryOut(path: string): Promise<void> {
  await mkdir(path);
  await access(join(path, 'cgroup.kill'));
  const probe = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  const ended = once(probe, 'exit');
  try {
    const group = groupAt(path);
    if (probe.pid === undefined) throw new Error('no process to try it on');
    await group.take(probe.pid);
    const members = await group.members();
    if (!members.includes(probe.pid)) throw new Error('a process that was moved is not there');
    await group.kill();
    await Promise.race([
      ended,
      sleep(KILL_WAIT_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('cgroup.kill does not kill'))),
    ]);
    await group.remove();
  } finally {
    probe.kill('SIGKILL');
  }
}

const openIn = (home: string) => async (execution: number, attempt: number) => {
  const path = join(home, `${execution}.${attempt}`);
  await mkdir(path).catch(unless('EEXIST'));
  return groupAt(path);
};

const groupAt = (path: string): Cgroup => ({
  take: (pid) => writeFile(join(path, 'cgroup.procs'), String(pid)),
  members: () => membersOf(path),
  kill: () => writeFile(join(path, 'cgroup.kill'), '1'),
  remove: () => endTree(path),
});

const membersOf = async (path: string): Promise<number[]> =>
  (await readFile(join(path, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean).map(Number);

const endEarlierIn = (base: string) => async (execution: number) => {
  for (const worker of await groupsIn(base)) {
    const own = (await groupsIn(worker)).filter((path) => basename(path).startsWith(`${execution}.`));
    await Promise.all(own.map(endTree));
  }
};

async function groupsIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(unless('ENOENT'));
  return (entries ?? []).filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

/** KILL to all in a group and below, and the groups go as soon as they are empty. Rejects with EBUSY when they are not. */
async function endTree(path: string): Promise<void> {
  const deadline = performance.now() + KILL_WAIT_MS;
  for (;;) {
    try {
      for (const below of await groupsIn(path)) await endTree(below);
      await rmdir(path);
      return;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      if (codeOf(error) !== 'EBUSY' || performance.now() > deadline) throw error;
      await writeFile(join(path, 'cgroup.kill'), '1').catch(unless('ENOENT'));
      await sleep(LOOK_MS);
    }
  }
}

async function closeAll(base: string, home: string): Promise<void> {
  await endTree(home);
  await rmdir(base).catch(unless('ENOENT', 'EBUSY', 'ENOTEMPTY')); // other workers are still at work there
}

const unless =
  (...codes: string[]) =>
  (error: unknown): undefined => {
    if (codes.includes(codeOf(error) ?? '')) return undefined;
    throw error;
  };
