import { provision } from '../provision';
import { endUnprovisioned } from './exits';
import { keepProvisioned } from './provisioned';

/** Starts or attaches to the platform, once per run. Jest wants the function as the module itself. */
async function setUp({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  if (process.env.DATABASE_URL && !process.env.PLATFORM_URL && !process.env.ATTUNE_API_URL) {
    process.stderr.write(
      'tuningfork: DATABASE_URL is ignored; the suite starts a platform with a database of its own\n',
    );
  }
  try {
    keepProvisioned(await provision(maxWorkers));
  } catch (error) {
    endUnprovisioned(error);
  }
}

export = setUp;
