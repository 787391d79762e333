import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { limitBase, type LimitController } from '../../cgroup-base';
import { errorMessage, ignoreCodes } from '../../error-details';
import { removeEmptyTree } from './cgroup-tree';
import { LIMITED_RESOURCES } from '../../outcomes/program-exit';
import { openLimitGroup, type GroupLimits, type GroupResource, type LimitGroup } from './limit-group';

/**
 * What the host's control groups can do for the programs of one worker: set limits, and let all
 * programs of a platform together compete for the processors as one session does, the usual weight
 * of a group.
 */
export interface LimitGroups {
  /** Those of a program, whose group of version 2 is at the path; `limits`: others than usual. */
  open(path: string, limits?: GroupLimits): Promise<LimitGroup[]>;
  /** Why the host cannot set the others. */
  readonly missing: readonly string[];
  close(): Promise<void>;
}

type Hierarchy = Pick<LimitGroups, 'close'> & { open(path: string, limits?: GroupLimits): Promise<LimitGroup> };

const CONTROLLERS: Readonly<Record<GroupResource, LimitController>> = {
  memory: 'memory',
  processes: 'pids',
  processors: 'cpu',
};

/** `workerPath`: the worker's group of version 2. `usualLimits`: absent for none. */
export async function detectLimitGroups(
  instance: string,
  workerPath: string,
  usualLimits: GroupLimits | undefined,
): Promise<LimitGroups> {
  const hierarchies: Hierarchy[] = [];
  const missing: string[] = [];
  const limited = usualLimits === undefined ? [] : LIMITED_RESOURCES;
  for (const resource of [...limited, 'processors'] as const) {
    const base = limitBase(instance, CONTROLLERS[resource]);
    try {
      hierarchies.push(
        base === null
          ? await openCommonHierarchy(workerPath, resource)
          : await openOwnHierarchy(join(base, basename(workerPath)), resource),
      );
    } catch (error) {
      missing.push(`${resource}: ${errorMessage(error)}`);
    }
  }
  return {
    open: (path, limits = usualLimits) => Promise.all(hierarchies.map((hierarchy) => hierarchy.open(path, limits))),
    missing,
    close: async () => {
      await Promise.all(hierarchies.map((hierarchy) => hierarchy.close()));
    },
  };
}

/** Version 1: the worker has a directory in the hierarchy of the controller. */
async function openOwnHierarchy(path: string, resource: GroupResource): Promise<Hierarchy> {
  await removeEmptyTree(path); // of an earlier process of this worker
  await mkdir(path, { recursive: true });
  return {
    open: (group, limits) => openLimitGroup({ path: join(path, basename(group)), version: 1, resource, limits }),
    close: async () => {
      await removeEmptyTree(path);
      await rmdir(dirname(path)).catch(ignoreCodes('ENOENT', 'EBUSY', 'ENOTEMPTY')); // other workers still use it
    },
  };
}

/** Version 2: a group has the controllers that the groups above it pass on. */
async function openCommonHierarchy(workerPath: string, resource: GroupResource): Promise<Hierarchy> {
  for (const path of [dirname(workerPath), workerPath])
    await writeFile(join(path, 'cgroup.subtree_control'), `+${CONTROLLERS[resource]}`, { flag: 'r+' });
  return {
    open: (path, limits) => openLimitGroup({ path, version: 2, resource, limits }),
    close: () => Promise.resolve(),
  };
}
