import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ignoreCodes } from '../../base/error-details';
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
  /** Whether it was that of the group itself, and not of one above it. */
  readonly isOwn: (path: string) => boolean;
}

const PIDS: ResourceFiles = { limit: 'pids.max', events: 'pids.events', count: /^max (\d+)/m, isOwn: () => true };
/** At most. */
const PAGE_BYTES = 65_536;
const OOM_KILLS = /^oom_kill (\d+)/m;

const FILES: Readonly<Record<LimitedResource, Readonly<Record<CgroupVersion, ResourceFiles>>>> = {
  memory: {
    1: {
      limit: 'memory.limit_in_bytes',
      swap: 'memory.memsw.limit_in_bytes',
      events: 'memory.oom_control',
      count: OOM_KILLS,
      isOwn: hasUsedItsLimit,
    },
    2: {
      limit: 'memory.max',
      swap: 'memory.swap.max',
      events: 'memory.events',
      count: OOM_KILLS,
      isOwn: (path) => countIn(join(path, 'memory.events.local'), /^oom (\d+)/m) > 0,
    },
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
  await writeLimit(path, version, files, limit);
  return () => {
    const count = countIn(join(path, files.events), files.count);
    if (count === 0) return null;
    if (files.isOwn(path)) return { resource, limit };
    const tenant = dirname(dirname(path));
    return files.isOwn(tenant)
      ? { resource, limit: readLimit(tenant, files), of: 'tenant' }
      : { resource, limit: readLimit(dirname(tenant), files), of: 'platform' };
  };
}

/**
 * How much memory the processes of all groups below may use together. Rejects as
 * `openLimitGroup`.
 */
export async function limitMemoryBelow(path: string, version: CgroupVersion, bytes: number): Promise<void> {
  if (version === 1)
    // Kernels before 5.11 add up only where this is set, before there are groups below.
    await writeFile(join(path, 'memory.use_hierarchy'), '1', { flag: 'r+' }).catch(
      ignoreCodes('ENOENT', 'EBUSY', 'EINVAL'),
    );
  await writeLimit(path, version, FILES.memory[version], bytes);
}

async function writeLimit(path: string, version: CgroupVersion, files: ResourceFiles, limit: number): Promise<void> {
  await writeFile(join(path, files.limit), String(limit), { flag: 'r+' });
  if (files.swap === undefined) return;
  const swap = version === 1 ? limit : 0;
  await writeFile(join(path, files.swap), String(swap), { flag: 'r+' }).catch(ignoreCodes('ENOENT', 'EACCES'));
}

const countIn = (file: string, count: RegExp): number => Number(count.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);

/** Version 1 counts no limit that was reached. The kernel rounds limits down to pages. */
function hasUsedItsLimit(path: string): boolean {
  const used = Number(readFileSync(join(path, 'memory.max_usage_in_bytes'), 'utf8'));
  return used > readLimit(path, FILES.memory[1]) - PAGE_BYTES;
}

const readLimit = (path: string, files: ResourceFiles): number => Number(readFileSync(join(path, files.limit), 'utf8'));
