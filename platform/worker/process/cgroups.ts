import { mkdir, readdir, readlink, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cgroupBase } from '../../cgroup-base';
import { errorMessage, ignoreCodes } from '../../error-details';
import { cgroupAt, type Cgroup } from './cgroup';
import { probeCgroup } from './cgroup-probe';
import { killAndRemoveTree, subdirectories } from './cgroup-tree';
import type { GroupLimits } from './limit-group';
import { detectLimitGroups, type LimitGroups } from './limit-groups';
import { isEarlierRun, type ProgramRun } from './program-run';

/** The control groups of one worker. */
export interface Cgroups {
  /** Creates an empty one, with limits of its own if any are given. */
  create(limits?: GroupLimits): Promise<Cgroup>;
  /** Kills what the owner's earlier runs left on this host, whichever worker ran them. */
  killEarlierRuns(run: ProgramRun): Promise<void>;
  /** Kills all processes in them, and removes them. */
  close(): Promise<void>;
}

type CgroupDetection =
  /** `missingLimits`: why the host cannot set those that were asked for. */
  | { readonly cgroups: Cgroups; readonly missingLimits: readonly string[] }
  | { readonly cgroups: null; readonly reason: string };

/** A worker, and the directory of its files: `<temporaryDirectory>/<worker>`. */
interface WorkerLocation {
  readonly instance: string;
  readonly worker: string;
  readonly temporaryDirectory: string;
  /** Of each program; absent: none. */
  readonly limits?: GroupLimits | undefined;
}

/**
 * Tests with a process of its own whether this host allows control groups. Groups that an earlier
 * process of this worker left are killed and removed.
 */
export async function detectCgroups({
  instance,
  worker,
  temporaryDirectory,
  limits,
}: WorkerLocation): Promise<CgroupDetection> {
  const base = cgroupBase(instance);
  if (base === null) return { cgroups: null, reason: 'the host has no cgroup v2 hierarchy' };
  const workerPath = join(base, worker);
  try {
    await mkdir(workerPath, { recursive: true });
    await killAndRemoveTree(workerPath);
    await mkdir(workerPath);
    const limitGroups = await detectLimitGroups(instance, workerPath, limits);
    await probeCgroup(join(workerPath, 'probe'), limitGroups);
    const create = cgroupFactory(workerPath, limitGroups, join(temporaryDirectory, worker, LABEL_DIRECTORY));
    return {
      cgroups: {
        create,
        killEarlierRuns: killEarlierRunsIn(base, temporaryDirectory),
        close: async () => {
          await closeAll(base, workerPath);
          await limitGroups.close();
        },
      },
      missingLimits: limitGroups.missing,
    };
  } catch (error) {
    await closeAll(base, workerPath).catch(() => undefined); // a group that was not created need not be removed
    return { cgroups: null, reason: errorMessage(error) };
  }
}

/** Groups cannot be renamed: a symbolic link `<owner>.<run>` in this directory names the owner. */
const LABEL_DIRECTORY = 'groups';

function cgroupFactory(workerPath: string, limitGroups: Pick<LimitGroups, 'open'>, labels: string): Cgroups['create'] {
  let created = 0;
  return async (limits) => {
    const path = join(workerPath, String(++created));
    await mkdir(path);
    return cgroupAt(path, await limitGroups.open(path, limits), labels);
  };
}

const killEarlierRunsIn =
  (base: string, temporaryDirectory: string) =>
  async ({ owner, run }: ProgramRun) => {
    for (const { name: worker } of await subdirectories(temporaryDirectory)) {
      const labels = join(temporaryDirectory, worker, LABEL_DIRECTORY);
      const names = (await readdir(labels).catch(ignoreCodes('ENOENT'))) ?? [];
      const earlier = names.filter((name) => isEarlierRun(name, `${owner}.`, run));
      await Promise.all(earlier.map((name) => removeLabelled(join(labels, name), join(base, worker))));
    }
  };

/** Follows a label only to a group of the worker that wrote it. */
async function removeLabelled(label: string, workerPath: string): Promise<void> {
  const path = await readlink(label).catch(ignoreCodes('ENOENT'));
  if (path !== undefined && dirname(path) === workerPath) await killAndRemoveTree(path);
  await rm(label, { force: true });
}

async function closeAll(base: string, workerPath: string): Promise<void> {
  await killAndRemoveTree(workerPath);
  await rmdir(base).catch(ignoreCodes('ENOENT', 'EBUSY', 'ENOTEMPTY')); // other workers still use it
}
