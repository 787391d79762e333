import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { limitBase, type LimitController } from '../../base/host/cgroup-base';
import { errorMessage } from '../../base/error-details';
import { removeEmptyTree, removeGroupsOfWorker, removeIfEmpty } from './cgroup-tree';
import { LIMITED_RESOURCES } from '../../outcomes/program-exit';
import { limitMemoryBelow, openLimitGroup, type GroupLimits, type GroupResource, type LimitGroup } from './limit-group';

/** Bounds of memory that programs share, bytes. */
interface SharedLimits {
  /** Of all programs of one tenant. */
  readonly tenantMemoryBytes: number;
  /** Of all programs of a platform on this host. */
  readonly programsMemoryBytes: number;
}

/** Of each program, and of those that run together. */
export type ProgramLimits = GroupLimits & SharedLimits;

/**
 * What the host's control groups can do for the programs of one worker: set limits, and let all
 * programs of a platform together compete for the processors as one session does, the usual weight
 * of a group.
 */
export interface LimitGroups {
  /** Those of a program, whose group of version 2 is at the path; `limits`: others than usual. */
  open(path: string, limits?: GroupLimits): Promise<LimitGroup[]>;
  /** Those above the groups of a tenant's programs, which `open` needs. */
  openTenant(tenant: number): Promise<void>;
  closeTenant(tenant: number): Promise<void>;
  /** Why the host cannot set the others. */
  readonly missing: readonly string[];
  close(): Promise<void>;
}

type Hierarchy = Pick<LimitGroups, 'openTenant' | 'closeTenant' | 'close'> & {
  open(path: string, limits?: GroupLimits): Promise<LimitGroup>;
};

interface HierarchyOptions {
  /** Of version 2. */
  readonly base: string;
  readonly worker: string;
  readonly resource: GroupResource;
  /** Absent for none. */
  readonly shared: SharedLimits | undefined;
}

const CONTROLLERS: Readonly<Record<GroupResource, LimitController>> = {
  memory: 'memory',
  processes: 'pids',
  processors: 'cpu',
};

/** `base`: of the groups of version 2. `usualLimits`: absent for none. */
export async function detectLimitGroups(
  instance: string,
  base: string,
  worker: string,
  usualLimits: ProgramLimits | undefined,
): Promise<LimitGroups> {
  const hierarchies: Hierarchy[] = [];
  const missing: string[] = [];
  const limited = usualLimits === undefined ? [] : LIMITED_RESOURCES;
  for (const resource of [...limited, 'processors'] as const) {
    const own = limitBase(instance, CONTROLLERS[resource]);
    const options = { base, worker, resource, shared: usualLimits };
    try {
      hierarchies.push(own === null ? await openCommonHierarchy(options) : await openOwnHierarchy({ ...options, own }));
    } catch (error) {
      missing.push(`${resource}: ${errorMessage(error)}`);
    }
  }
  const forAll = async (change: (hierarchy: Hierarchy) => Promise<void>) => {
    await Promise.all(hierarchies.map(change));
  };
  return {
    open: (path, limits = usualLimits) => Promise.all(hierarchies.map((hierarchy) => hierarchy.open(path, limits))),
    openTenant: (tenant) => forAll((hierarchy) => hierarchy.openTenant(tenant)),
    closeTenant: (tenant) => forAll((hierarchy) => hierarchy.closeTenant(tenant)),
    missing,
    close: () => forAll((hierarchy) => hierarchy.close()),
  };
}

/** Version 1: the same directories as in version 2 are in the hierarchy of the controller. */
async function openOwnHierarchy({
  base,
  worker,
  resource,
  shared,
  own,
}: HierarchyOptions & { readonly own: string }): Promise<Hierarchy> {
  const removeGroups = () => removeGroupsOfWorker(own, worker, removeEmptyTree);
  await removeGroups(); // of an earlier process of this worker
  await mkdir(own, { recursive: true });
  const isMemory = resource === 'memory' && shared !== undefined;
  if (isMemory) await limitMemoryBelow(own, 1, shared.programsMemoryBytes);
  return {
    open: (group, limits) => openLimitGroup({ path: join(own, relative(base, group)), version: 1, resource, limits }),
    openTenant: async (tenant) => {
      const path = join(own, String(tenant));
      await mkdir(path, { recursive: true });
      if (isMemory) await limitMemoryBelow(path, 1, shared.tenantMemoryBytes);
      await mkdir(join(path, worker), { recursive: true });
    },
    closeTenant: async (tenant) => {
      await removeIfEmpty(join(own, String(tenant), worker));
      await removeIfEmpty(join(own, String(tenant)));
    },
    close: async () => {
      await removeGroups();
      await removeIfEmpty(own);
    },
  };
}

/** Version 2: a group has the controllers that the groups above it pass on. */
async function openCommonHierarchy({ base, worker, resource, shared }: HierarchyOptions): Promise<Hierarchy> {
  const passOn = (path: string) =>
    writeFile(join(path, 'cgroup.subtree_control'), `+${CONTROLLERS[resource]}`, { flag: 'r+' });
  const isMemory = resource === 'memory' && shared !== undefined;
  await passOn(base);
  if (isMemory) await limitMemoryBelow(base, 2, shared.programsMemoryBytes);
  const nothing = () => Promise.resolve();
  return {
    open: (path, limits) => openLimitGroup({ path, version: 2, resource, limits }),
    openTenant: async (tenant) => {
      const path = join(base, String(tenant));
      await passOn(path);
      if (isMemory) await limitMemoryBelow(path, 2, shared.tenantMemoryBytes);
      await passOn(join(path, worker));
    },
    closeTenant: nothing,
    close: nothing,
  };
}
