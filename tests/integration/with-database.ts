import { pino } from 'pino';
import { startPostgres } from '../../platform/embedded/embedded';
import { openDatabase, type Database } from '../../platform/store/database/connection';
import { migrate } from '../../platform/store/database/migrate';
import { openVault } from '../../platform/store/secrets/vault';

export interface TestDatabase {
  readonly db: Database;
  /** The owner's connection URL. */
  readonly url: string;
}

/** A migrated database of this test file, removed after the file, also after a failure. */
export function withDatabase(): () => TestDatabase {
  const releases: (() => Promise<void>)[] = [];
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    const postgres = await startPostgres({ durable: false, log: pino({ enabled: false }) });
    releases.push(() => postgres.stop());
    await migrate(postgres.url);
    const db = openDatabase(postgres.url, 4, openVault('a secret of the tests'));
    releases.push(() => db.close());
    database = { db, url: postgres.url };
  }, 30_000);
  afterAll(async () => {
    for (const release of releases.reverse()) await release();
  }, 30_000);
  return () => {
    if (!database) throw new Error('the database did not start');
    return database;
  };
}
