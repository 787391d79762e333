import { openDatabase, type Database } from '../../../platform/store/database/connection';
import { openVault } from '../../../platform/store/secrets/vault';
import { createTestDatabase } from './test-servers';

/** What the values of a database are encrypted with. */
export const DATABASE_SECRET = 'a secret of the tests';

export interface TestDatabase {
  readonly db: Database;
  /** The owner's connection URL. */
  readonly url: string;
}

/**
 * A migrated database of this test file, removed after the file, also after a failure.
 * `create`: `createPlatformDatabase` for one with the standard pack and the default user,
 * `startMigratedPostgres` for tests about the server itself.
 */
export function withDatabase(create = createTestDatabase): () => TestDatabase {
  const releases: (() => Promise<void>)[] = [];
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    const postgres = await create();
    releases.push(() => postgres.stop());
    const db = openDatabase(postgres.url, 4, openVault(DATABASE_SECRET));
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
