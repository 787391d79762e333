import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoreCodes } from '../../error-details';
import type { LimitedResource, ReachedLimit } from '../../outcomes/program-exit';
import { removeEmptyTree } from './cgroup-tree';

/** What the processes of one program may use together. */
export interface GroupLimits {
  readonly memoryBytes: number;
  /** Processes and threads at the same time. */
  readonly processes: number;
}

/** What a control group is for; the processors are shared with other groups, without a limit. */
export type GroupResource = LimitedResource | 'processors';

/** A control group of one resource. */
export interface LimitGroup {
  /** Moves a process in. */
  add(pid: number): Promise<void>;
  /** Null: the limit was not reached. Throws the system error. */
  reached(): ReachedLimit | null;
  /** Rejects with EBUSY when a process stays in it. */
  remove(): Promise<void>;
}

/** cgroup version 1 has a hierarchy for each controller, version 2 one for all. */
type CgroupVersion = 1 | 2;

interface ResourceFiles {
  readonly limit: string;
  /** Takes the limit of memory and swap space together, or of swap space; not on every host. */
  readonly swap?: string;
  readonly events: string;
  /** How often the limit was reached. */
  readonly count: RegExp;
}

const PIDS: ResourceFiles = { limit: 'pids.max', events: 'pids.events', count: /^max (\d+)/m };
const OOM_KILLS = /^oom_kill (\d+)/m;

const FILES: Readonly<Record<LimitedResource, Readonly<Record<CgroupVersion, ResourceFiles>>>> = {
  memory: {
    1: {
      limit: 'memory.limit_in_bytes',
      swap: 'memory.memsw.limit_in_bytes',
      events: 'memory.oom_control',
      count: OOM_KILLS,
    },
    2: { limit: 'memory.max', swap: 'memory.swap.max', events: 'memory.events', count: OOM_KILLS },
  },
  processes: { 1: PIDS, 2: PIDS },
};

interface LimitGroupOptions {
  readonly path: string;
  readonly version: CgroupVersion;
  readonly resource: GroupResource;
  /** Absent: none. */
  readonly limits: GroupLimits | undefined;
}

/**
 * Sets the limit of the group at a path; of version 1, creates it. Rejects with the system error
 * where the host does not allow it.
 */
export async function openLimitGroup({ path, version, resource, limits }: LimitGroupOptions): Promise<LimitGroup> {
  if (version === 1) await mkdir(path);
  const hasLimit = resource !== 'processors' && limits !== undefined;
  const reached = hasLimit ? await setLimit(path, version, resource, limits) : () => null;
  // Of version 2 it is the group itself, which has its owner.
  if (version === 2) return { reached, add: () => Promise.resolve(), remove: () => Promise.resolve() };
  return {
    reached,
    add: (pid) => writeFile(join(path, 'cgroup.procs'), String(pid)),
    remove: () => removeEmptyTree(path),
  };
}

async function setLimit(
  path: string,
  version: CgroupVersion,
  resource: LimitedResource,
  limits: GroupLimits,
): Promise<LimitGroup['reached']> {
  const files = FILES[resource][version];
  const limit = resource === 'memory' ? limits.memoryBytes : limits.processes;
  await writeFile(join(path, files.limit), String(limit), { flag: 'r+' });
  if (files.swap !== undefined) {
    const swap = version === 1 ? limit : 0;
    await writeFile(join(path, files.swap), String(swap), { flag: 'r+' }).catch(ignoreCodes('ENOENT', 'EACCES'));
  }
  return () => {
    const events = readFileSync(join(path, files.events), 'utf8');
    return Number(files.count.exec(events)?.[1] ?? 0) > 0 ? { resource, limit } : null;
  };
}
