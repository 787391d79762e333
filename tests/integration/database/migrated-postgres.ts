import { pino } from 'pino';
import { migratedTemplate } from '../../../cli/up/platform-template';
import { repositoryRoot } from '../../../helpers/repository-root';
import { startPostgres } from '../../../platform/embedded/embedded';
import { migrate } from '../../../platform/store/database/migrate';

export interface TestPostgres {
  /** The owner's connection URL. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own with the tables of a platform. It ends with this process. */
export async function startMigratedPostgres(): Promise<TestPostgres> {
  const template = migratedTemplate(repositoryRoot(), null);
  const postgres = await startPostgres({ durable: false, log: pino({ enabled: false }), template });
  await migrate(postgres.url);
  return postgres;
}
