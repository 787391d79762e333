import { mkdirSync, symlinkSync } from 'node:fs';
import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, ignoreCodes } from '../../error-details';

/**
 * A control group of one program. Its processes and all that they start stay in it, whatever
 * session, process group or environment they choose.
 */
export interface Cgroup {
  /** Moves a process in. Rejects with the system error; ESRCH: the process no longer exists. */
  add(pid: number): Promise<void>;
  /** Pids of the live processes in it. */
  members(): Promise<number[]>;
  /** SIGKILL to all at once, including processes that are forked meanwhile. */
  kill(): Promise<void>;
  /** Records the owner for `killEarlierRuns` of any worker on this host. May be called once. */
  assignOwner(owner: CgroupOwner): void;
  /** Kills what is in it and removes it. */
  remove(): Promise<void>;
}

/** What a program is run for: an execution and its attempt, or a sensor and its lease. */
export interface CgroupOwner {
  /** `41` for an execution, `sensor-7` for a sensor. */
  readonly owner: string;
  readonly run: number;
}

const POLL_MS = 5;
/** A process that survives SIGKILL for this long hangs in the kernel. */
export const KILL_TIMEOUT_MS = 2_000;

/** The group at a path; the directory `labels` records its owner. */
export function cgroupAt(path: string, labels = path): Cgroup {
  let label: string | null = null;
  return {
    add: (pid) => writeFile(join(path, 'cgroup.procs'), String(pid)),
    members: () => readMembers(path),
    kill: () => writeFile(join(path, 'cgroup.kill'), '1'),
    assignOwner: ({ owner, run }) => {
      label = join(labels, `${owner}.${run}`);
      mkdirSync(labels, { recursive: true });
      symlinkSync(path, label); // synchronous: the program is about to start
    },
    remove: async () => {
      await killAndRemoveTree(path);
      if (label !== null) await rm(label, { force: true });
    },
  };
}

const readMembers = async (path: string): Promise<number[]> =>
  (await readFile(join(path, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean).map(Number);

export const subdirectories = async (path: string) =>
  ((await readdir(path, { withFileTypes: true }).catch(ignoreCodes('ENOENT'))) ?? []).filter((entry) =>
    entry.isDirectory(),
  );

const childGroups = async (path: string): Promise<string[]> =>
  (await subdirectories(path)).map(({ name }) => join(path, name));

/**
 * Kills all processes in a group and below it, and removes the groups once they are empty. Rejects
 * with EBUSY when a process survives.
 */
export async function killAndRemoveTree(path: string): Promise<void> {
  const deadline = performance.now() + KILL_TIMEOUT_MS;
  for (;;) {
    try {
      for (const child of await childGroups(path)) await killAndRemoveTree(child);
      await rmdir(path);
      return;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      if (errorCode(error) !== 'EBUSY' || performance.now() > deadline) throw error;
      await writeFile(join(path, 'cgroup.kill'), '1').catch(ignoreCodes('ENOENT'));
      await sleep(POLL_MS);
    }
  }
}
