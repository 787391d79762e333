import { detectCgroups } from '../../../platform/worker/process/cgroups';
import { startPreforkShell } from '../../../platform/worker/process/pool/prefork-shell';

/**
 * Holds two prefork shells until it is killed; prints their pids. Arguments: instance, directory.
 */
async function holdShells([instance = '', temporaryDirectory = '']: string[]): Promise<void> {
  const { cgroups } = await detectCgroups({ instance, worker: 'w1', temporaryDirectory });
  if (cgroups === null) throw new Error('control groups are not available');
  const shells = [
    await startPreforkShell(await cgroups.create(1), {}),
    await startPreforkShell(await cgroups.create(1), {}),
  ];
  process.stdout.write(`${shells.map(({ pid }) => pid).join(' ')}\n`);
}

void holdShells(process.argv.slice(2));
