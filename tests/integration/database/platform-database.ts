import { projectRoot } from '../../../platform/base/directories';
import { ensureCorePack } from '../../../platform/packs/save/core-pack';
import { openDatabase, openPool } from '../../../platform/store/database/connection';
import { createFirstAdministrator, DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import { openVault } from '../../../platform/store/secrets/vault';
import type { TestPostgres } from './migrated-postgres';
import { createPreparedDatabase } from './test-servers';
import { DATABASE_SECRET } from './with-database';

/**
 * A database of its own with the standard pack and the default user, which has all permissions.
 */
export const createPlatformDatabase = (): Promise<TestPostgres> =>
  createPreparedDatabase('platform', async (url) => {
    const owner = openPool(url, 1);
    await ensureCorePack(owner, { root: projectRoot(), build: null });
    await owner.end();
    const db = openDatabase(url, 1, openVault(DATABASE_SECRET));
    await createFirstAdministrator(db, DEFAULT_USER);
    await db.close();
  });
