import { mkdirSync, symlinkSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killAndRemoveTree } from './cgroup-tree';
import type { ReachedLimit } from '../../outcomes/program-exit';
import type { LimitGroup } from './limit-group';

/**
 * A control group of one program. Its processes and all that they start stay in it, whatever
 * session, process group or environment they choose.
 */
export interface Cgroup {
  readonly path: string;
  /** Moves a process in. Rejects with the system error; ESRCH: the process no longer exists. */
  add(pid: number): Promise<void>;
  /** Pids of the live processes in it. */
  members(): Promise<number[]>;
  /** SIGKILL to all at once, including processes that are forked meanwhile. */
  kill(): Promise<void>;
  /** The limits that its processes reached together. */
  reachedLimits(): Promise<ReachedLimit[]>;
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

/** The group at a path with its limits; the directory `labels` records its owner. */
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
    reachedLimits: async () =>
      (await Promise.all(limitGroups.map((group) => group.reached()))).filter((limit) => limit !== null),
    assignOwner: ({ owner, run }) => {
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

const readMembers = async (path: string): Promise<number[]> =>
  (await readFile(join(path, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean).map(Number);
