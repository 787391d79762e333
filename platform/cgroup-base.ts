import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Path for this platform's control groups: below the group of this process, in the host's cgroup
 * v2 hierarchy. Null where the host has none. Creates nothing.
 */
export function cgroupBase(instance: string): string | null {
  const mount = readOrEmpty('/proc/self/mountinfo').split('\n').map(parseCgroupMount).find(Boolean);
  const ownGroup = /^0::(\/.*)$/m.exec(readOrEmpty('/proc/self/cgroup'))?.[1];
  if (!mount || ownGroup === undefined || !ownGroup.startsWith(mount.root) || ownGroup.includes('/..')) return null;
  return join(mount.mountPoint, ownGroup.slice(mount.root.length), `tuningfork-${instance}`);
}

/**
 * `41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw`: root within the hierarchy, mount point.
 */
function parseCgroupMount(line: string): { root: string; mountPoint: string } | null {
  const [, root, mountPoint] = /^\d+ \d+ \S+ (\S+) (\S+) .* - cgroup2 /.exec(line) ?? [];
  return root === undefined || mountPoint === undefined ? null : { root, mountPoint };
}

/** Empty where the file is missing: such a host has no control groups. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
