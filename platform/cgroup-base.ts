import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Controllers of what the processes of a group use together. */
export const LIMIT_CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
export type LimitController = (typeof LIMIT_CONTROLLERS)[number];

/**
 * Path for this platform's control groups: below the group of this process, in the host's cgroup
 * v2 hierarchy. Null where the host has none. Creates nothing.
 */
export const cgroupBase = (instance: string): string | null => baseIn(instance, / - cgroup2 /, /^0::(\/.*)$/m);

/** The same in the cgroup v1 hierarchy of a controller; null where it has none of its own. */
export const limitBase = (instance: string, controller: LimitController): string | null =>
  baseIn(
    instance,
    new RegExp(` - cgroup \\S+ (\\S*,)?${controller}(,|$)`),
    new RegExp(`^\\d+:([^:]*,)?${controller}(?:,[^:]*)?:(/.*)$`, 'm'),
  );

/** The hierarchy whose mount and whose line in `/proc/self/cgroup` match. */
function baseIn(instance: string, mountPattern: RegExp, groupPattern: RegExp): string | null {
  const mount = readOrEmpty('/proc/self/mountinfo')
    .split('\n')
    .find((line) => mountPattern.test(line));
  const ownGroup = readOrEmpty('/proc/self/cgroup').match(groupPattern)?.at(-1);
  if (mount === undefined || ownGroup === undefined) return null;
  // `41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw`: root within the hierarchy, mount point
  const [, , , root, mountPoint] = mount.split(' ') as [string, string, string, string, string];
  if (!ownGroup.startsWith(root) || ownGroup.includes('/..')) return null;
  return join(mountPoint, ownGroup.slice(root.length), `tuningfork-${instance}`);
}

/** Empty where the file is missing: such a host has no control groups. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
