import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where this platform's control groups would lie: below the group we are in ourselves, in whatever place the host shows
 * its version 2 hierarchy. Null where it has none. Nothing is made here.
 */
export function cgroupBase(instance: string): string | null {
  const mount = readable('/proc/self/mountinfo').split('\n').map(mountOf).find(Boolean);
  const own = /^0::(\/.*)$/m.exec(readable('/proc/self/cgroup'))?.[1];
  if (!mount || own === undefined || !own.startsWith(mount.root) || own.includes('/..')) return null;
  return join(mount.point, own.slice(mount.root.length), `tuningfork-${instance}`);
}

/** `41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw`: the root within the hierarchy, and where it is to be seen. */
function mountOf(line: string): { root: string; point: string } | null {
  const [, root, point] = /^\d+ \d+ \S+ (\S+) (\S+) .* - cgroup2 /.exec(line) ?? [];
  return root === undefined || point === undefined ? null : { root, point };
}

/** A host without the file has no control groups. */
function readable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
