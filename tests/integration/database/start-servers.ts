import { selectedFiles } from '../../../helpers/jest/selected-files';
import { startMigratedPostgres, type TestPostgres } from './migrated-postgres';
import { storeServerUrls } from './test-servers';

declare global {
  /** Jest loads setup and teardown apart: they share no module. */
  var integrationServers: readonly TestPostgres[];
}

/** Jest's global setup of the integration tests. `maxWorkers`: the number of its processes. */
async function startServers({ maxWorkers }: { readonly maxWorkers: number }): Promise<void> {
  const count = Math.min(maxWorkers, selectedFiles()?.length ?? Infinity);
  globalThis.integrationServers = await Promise.all(Array.from({ length: count }, startMigratedPostgres));
  storeServerUrls(globalThis.integrationServers.map(({ url }) => url));
}

export = startServers;
