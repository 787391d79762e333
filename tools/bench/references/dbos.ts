import { DBOS } from '@dbos-inc/dbos-sdk';
import { createReferenceDatabase } from './reference-database';
import { packageName } from './package-name';
import type { ReferenceEngine } from './reference-engine';

const runSteps = DBOS.registerWorkflow(
  async (steps: number) => {
    for (let n = 0; n < steps; n++) await DBOS.runStep(() => Promise.resolve(null), { name: 'noop' });
  },
  { name: 'sequence' },
);

/** Starts DBOS with a database of its own on the server of `url`. Once per process. */
export async function startDbos(url: string): Promise<ReferenceEngine> {
  const systemDatabaseUrl = await createReferenceDatabase(url, 'dbos');
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl, logLevel: 'error' });
  await DBOS.launch();
  return {
    id: 'dbos',
    name: packageName('@dbos-inc/dbos-sdk'),
    sequenceMs: async (steps) => {
      const startedAt = performance.now();
      await runSteps(steps);
      return performance.now() - startedAt;
    },
    close: () => DBOS.shutdown(),
  };
}
