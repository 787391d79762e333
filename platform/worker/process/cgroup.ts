import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killAndRemoveTree } from './cgroup-tree';
import type { ReachedLimit } from '../../outcomes/program-exit';
import type { LimitGroup } from './limit-group';
import type { ProgramRun } from './program-run';

/**
 * A control group of one program. Its processes and all that they start stay in it, whatever
 * session, process group or environment they choose. Its files are read synchronously: the kernel
 * answers at once, while a read in the thread pool waits for other processes to be moved.
 */
export interface Cgroup {
  readonly path: string;
  /** Moves a process in. Rejects with the system error; ESRCH: the process no longer exists. */
  add(pid: number): Promise<void>;
  /** Pids of the live processes in it. Throws the system error, ENOENT once it is removed. */
  members(): number[];
  /** SIGKILL to all at once, including processes that are forked meanwhile. */
  kill(): Promise<void>;
  /** The limits that its processes reached together. Throws the system error. */
  reachedLimits(): ReachedLimit[];
  /** Records the run for `killEarlierRuns` of any worker on this host. May be called once. */
  assignRun(run: ProgramRun): void;
  /** Kills what is in it and removes it. */
  remove(): Promise<void>;
}

/** The group at a path with its limits; the directory `labels` records its run. */
export function cgroupAt(path: string, limitGroups: readonly LimitGroup[], labels = path): Cgroup {
  let label: string | null = null;
  return {
    path,
    add: async (pid) => {
      const moves = limitGroups.map((group) => group.add(pid));
      await Promise.all([writeFile(join(path, 'cgroup.procs'), String(pid)), ...moves]);
    },
    members: () => readMembers(path),
    kill: () => writeFile(join(path, 'cgroup.kill'), '1'),
    reachedLimits: () => limitGroups.map((group) => group.reached()).filter((limit) => limit !== null),
    assignRun: ({ owner, run }) => {
      label = join(labels, `${owner}.${run}`);
      mkdirSync(labels, { recursive: true });
      symlinkSync(path, label); // synchronous: the program is about to start
    },
    remove: async () => {
      await killAndRemoveTree(path);
      await Promise.all(limitGroups.map((group) => group.remove()));
      if (label !== null) await rm(label, { force: true });
    },
  };
}

const readMembers = (path: string): number[] =>
  readFileSync(join(path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
