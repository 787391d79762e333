import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './worker/faults';
import { artifactsOf, environmentsOf, logsOf } from './worker/surroundings';

/**
 * Removes what a tenant has on this host: its packs, environments, logs, and what its executions share. `directory` is
 * the platform's. Answers how many files each place held; what held none is left out.
 */
export async function removeTenantFiles(
  directory: string,
  packsDirectory: string,
  tenant: number,
): Promise<Record<string, number>> {
  const places = {
    packs: join(packsDirectory, String(tenant)),
    environments: environmentsOf({ directory }, { tenant }),
    artifacts: artifactsOf({ directory }, { tenant }),
    logs: logsOf(directory, tenant),
  };
  const removed: Record<string, number> = {};
  for (const [name, place] of Object.entries(places)) {
    const files = await filesIn(place);
    await rm(place, { recursive: true, force: true });
    if (files > 0) removed[name] = files;
  }
  return removed;
}

async function filesIn(place: string): Promise<number> {
  try {
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).length;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
