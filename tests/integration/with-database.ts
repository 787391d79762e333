import { openDatabase, type Database } from '../../platform/store/database/connection';
import { openVault } from '../../platform/store/secrets/vault';
import { startMigratedPostgres } from './migrated-postgres';

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
    const postgres = await startMigratedPostgres();
    releases.push(() => postgres.stop());
    const db = openDatabase(postgres.url, 4, openVault('a secret of the tests'));
    releases.push(() => db.close());
    database = { db, url: postgres.url };
  });
  afterAll(async () => {
    for (const release of releases.reverse()) await release();
  });
  return () => {
    if (!database) throw new Error('the database did not start');
    return database;
  };
}
