import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { access, mkdir, readdir, readFile, readlink, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupBase } from '../cgroup-base';
import { codeOf, messageOf } from './faults';

/**
 * A control group of one program. Who is in it stays in it, and so do all it starts, whatever session, process group or
 * environment they choose.
 */
export interface Cgroup {
  /** Takes a process in. Rejects with the host's reason; ESRCH: there is no such process any more. */
  take(pid: number): Promise<void>;
  /** Pids of those alive. */
  members(): Promise<number[]>;
  /** KILL to all at once, also to those that come into being meanwhile. */
  kill(): Promise<void>;
  /** Says whose it is from now on, for `endEarlier` of any worker of this host. Once. */
  assign(whose: Whose): void;
  /** Nobody is in it any more. */
  remove(): Promise<void>;
}

/** Of whom a program is run, and which of its runs that is: an execution and its attempt, a sensor and its lease. */
export interface Whose {
  /** `41` for an execution, `sensor-7` for a sensor. */
  readonly owner: string;
  readonly run: number;
}

/** The control groups of one worker. */
export interface Cgroups {
  /** A new one with nobody in it. */
  open(): Promise<Cgroup>;
  /** Ends what earlier runs of an owner left on this host, whichever worker they were of. */
  endEarlier(owner: string): Promise<void>;
  /** Ends all that is in them, and removes them. */
  close(): Promise<void>;
}

const LOOK_MS = 5;
/** What outlives KILL for so long hangs in the kernel. */
const KILL_WAIT_MS = 2_000;

export type Found = { readonly cgroups: Cgroups } | { readonly cgroups: null; readonly why: string };

/** Where it is told apart from others, and where its workers keep what is their own: `<temporary>/<worker>`. */
export interface Place {
  readonly instance: string;
  readonly worker: string;
  readonly temporary: string;
}

/**
 * Tries on a process of its own whether this host lets us have control groups. A former life of the worker's may have
 * left some: what is in them ends here.
 */
export async function findCgroups({ instance, worker, temporary }: Place): Promise<Found> {
  const base = cgroupBase(instance);
  if (base === null) return { cgroups: null, why: 'the host shows no version 2 hierarchy' };
  const home = join(base, worker);
  try {
    await mkdir(home, { recursive: true });
    await endTree(home);
    await mkdir(home);
    await tryOut(join(home, 'probe'));
    const open = openIn(home, join(temporary, worker, LABELS));
    return { cgroups: { open, endEarlier: endEarlierIn(base, temporary), close: () => closeAll(base, home) } };
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

/** Groups cannot be renamed: a link beside the worker's other files, `<owner>.<run>`, says whose one is. */
const LABELS = 'groups';

function openIn(home: string, labels: string): Cgroups['open'] {
  let opened = 0;
  return async () => {
    const path = join(home, String(++opened));
    await mkdir(path);
    return groupAt(path, labels);
  };
}

function groupAt(path: string, labels = path): Cgroup {
  let label: string | null = null;
  return {
    take: (pid) => writeFile(join(path, 'cgroup.procs'), String(pid)),
    members: () => membersOf(path),
    kill: () => writeFile(join(path, 'cgroup.kill'), '1'),
    assign: ({ owner, run }) => {
      label = join(labels, `${owner}.${run}`);
      mkdirSync(labels, { recursive: true });
      symlinkSync(path, label); // at once: the program is about to start
    },
    remove: async () => {
      await endTree(path);
      if (label !== null) await rm(label, { force: true });
    },
  };
}

const membersOf = async (path: string): Promise<number[]> =>
  (await readFile(join(path, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean).map(Number);

const endEarlierIn = (base: string, temporary: string) => async (owner: string) => {
  for (const { name: worker } of await directoriesIn(temporary)) {
    const labels = join(temporary, worker, LABELS);
    const names = (await readdir(labels).catch(unless('ENOENT'))) ?? [];
    const own = names.filter((name) => name.startsWith(`${owner}.`)).map((name) => join(labels, name));
    await Promise.all(own.map((label) => endLabelled(label, join(base, worker))));
  }
};

/** Only what lies where that worker's groups lie. */
async function endLabelled(label: string, home: string): Promise<void> {
  const path = await readlink(label).catch(unless('ENOENT'));
  if (path !== undefined && dirname(path) === home) await endTree(path);
  await rm(label, { force: true });
}

const directoriesIn = async (path: string) =>
  ((await readdir(path, { withFileTypes: true }).catch(unless('ENOENT'))) ?? []).filter((entry) => entry.isDirectory());

const groupsIn = async (path: string): Promise<string[]> =>
  (await directoriesIn(path)).map(({ name }) => join(path, name));

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
