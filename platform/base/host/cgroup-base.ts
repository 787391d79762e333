import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Controllers of what the processes of a group use together. */
export const LIMIT_CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
export type LimitController = (typeof LIMIT_CONTROLLERS)[number];

/** The group below that of the platform's start which has its processes, on hosts of version 2. */
export const PROCESSES_GROUP = 'tuningfork-processes';

/** A group of this process, and where its hierarchy is mounted. */
export interface OwnGroup {
  readonly mountPoint: string;
  readonly path: string;
}

/**
 * Path for this platform's control groups: below the group in which it was started, in the host's
 * cgroup v2 hierarchy. Null where the host has none. Creates nothing.
 */
export function cgroupBase(instance: string): string | null {
  const own = ownCommonGroup();
  return own && join(own.path, `tuningfork-${instance}`);
}

/** The group of version 2 in which this platform was started. */
export function ownCommonGroup(): OwnGroup | null {
  const own = ownGroup(/ - cgroup2 /, /^0::(\/.*)$/m);
  return own && basename(own.path) === PROCESSES_GROUP ? { ...own, path: dirname(own.path) } : own;
}

/** How much memory the groups of version 2 above this process allow it, bytes; Infinity: all. */
export function commonMemoryBytes(own = ownCommonGroup()): number {
  if (own === null) return Infinity;
  const limit = Number.parseInt(readOrEmpty(join(own.path, 'memory.max')), 10) || Infinity; // or `max`
  if (own.path === own.mountPoint) return limit;
  return Math.min(limit, commonMemoryBytes({ ...own, path: dirname(own.path) }));
}

/** `cgroupBase` in the v1 hierarchy of a controller; null where it has none of its own. */
export function limitBase(instance: string, controller: LimitController): string | null {
  const own = ownGroup(
    new RegExp(` - cgroup \\S+ (\\S*,)?${controller}(,|$)`),
    new RegExp(`^\\d+:([^:]*,)?${controller}(?:,[^:]*)?:(/.*)$`, 'm'),
  );
  return own && join(own.path, `tuningfork-${instance}`);
}

/** In the hierarchy whose mount and whose line in `/proc/self/cgroup` match. */
function ownGroup(mountPattern: RegExp, groupPattern: RegExp): OwnGroup | null {
  const mount = readOrEmpty('/proc/self/mountinfo')
    .split('\n')
    .find((line) => mountPattern.test(line));
  const group = readOrEmpty('/proc/self/cgroup').match(groupPattern)?.at(-1);
  if (mount === undefined || group === undefined) return null;
  // `41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw`: root within the hierarchy, mount point
  const [, , , root, mountPoint] = mount.split(' ') as [string, string, string, string, string];
  if (!group.startsWith(root) || group.includes('/..')) return null;
  return { mountPoint, path: join(mountPoint, group.slice(root.length)) };
}

/** Empty where the file is missing: such a host has no control groups. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
