import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../error-details';
import { artifactsDirectory, environmentsDirectory, logsDirectory } from '../../directories';

/**
 * Removes what a tenant has on this host: its packs, environments, logs, and what its executions
 * share. `directory` is the platform's. Answers how many files each place held; what held none is
 * left out.
 */
export async function removeTenantFiles(
  directory: string,
  packsDirectory: string,
  tenant: number,
): Promise<Record<string, number>> {
  const directories = {
    packs: join(packsDirectory, String(tenant)),
    environments: environmentsDirectory({ directory }, { tenant }),
    artifacts: artifactsDirectory({ directory }, { tenant }),
    logs: logsDirectory({ directory }, { tenant }),
  };
  const removed: Record<string, number> = {};
  for (const [name, path] of Object.entries(directories)) {
    const files = await countFiles(path);
    await rm(path, { recursive: true, force: true });
    if (files > 0) removed[name] = files;
  }
  return removed;
}

async function countFiles(directory: string): Promise<number> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).length;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
