import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupAt } from './cgroup';
import { KILL_TIMEOUT_MS } from './cgroup-tree';
import type { LimitGroups } from './limit-groups';

/**
 * Creates a group at `path` with its limits, moves a process into it and kills it. Rejects where
 * that is not possible.
 */
export async function probeCgroup(path: string, limitGroups: Pick<LimitGroups, 'open'>): Promise<void> {
  await mkdir(path);
  await access(join(path, 'cgroup.kill'));
  const probe = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  const exited = once(probe, 'exit');
  try {
    const group = cgroupAt(path, await limitGroups.open(path));
    if (probe.pid === undefined) throw new Error('the probe process did not start');
    await group.add(probe.pid);
    const members = group.members();
    if (!members.includes(probe.pid)) throw new Error('the moved probe process is not in the group');
    await group.kill();
    await Promise.race([
      exited,
      sleep(KILL_TIMEOUT_MS, undefined, { ref: false }).then(() =>
        Promise.reject(new Error('cgroup.kill did not kill the probe process')),
      ),
    ]);
    await group.remove();
  } finally {
    probe.kill('SIGKILL');
  }
}
