import { join } from 'node:path';
import { artifactsDirectory, environmentsDirectory, logsDirectory } from '../../base/directories';
import { removeTree } from '../../files/remove-tree';

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
    const files = await removeTree(path);
    if (files > 0) removed[name] = files;
  }
  return removed;
}
