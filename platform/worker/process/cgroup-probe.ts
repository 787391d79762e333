import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from './cgroup';
import { KILL_TIMEOUT_MS } from './cgroup-tree';

/**
 * Creates a group, moves a process into it and kills it. Rejects where that is not possible.
 */
export async function probeCgroup(create: () => Promise<Cgroup>): Promise<void> {
  const group = await create();
  await access(join(group.path, 'cgroup.kill'));
  const probe = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  const exited = once(probe, 'exit');
  try {
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
