import { sql } from 'kysely';
import type { Logger } from 'pino';
import { removeExpiredVersions } from '../../store/artifacts/files';
import { DEFAULT_TENANT, type Database } from '../../store/database/connection';
import { isDatabaseUnusable } from '../../store/database/lost-connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { listTenants } from '../../store/identities/tenants';

/** Tenants whose rows are removed; null: all. */
type Tenants = readonly number[] | null;

/**
 * Removes rows of all tenants by one statement; where that fails, those of each tenant by one of
 * their own, and so those of a tenant whose removal has failed before.
 */
async function removeOfTenants(
  db: Database,
  removal: string,
  isolation: RowIsolation,
  onError: (error: unknown) => void,
  remove: (tenants: Tenants) => Promise<unknown>,
): Promise<void> {
  const removeEach = (tenants: readonly number[]) =>
    isolation.runEach(
      tenants,
      (tenant) => ({ tenant, removal }),
      (tenant) => remove([tenant]),
      onError,
    );
  const failed = isolation.failedRows().flatMap((row) => (row.removal === removal ? [Number(row.tenant)] : []));
  await removeEach(failed);
  const others = failed.length === 0 ? null : await listOthers(db, failed);
  try {
    await remove(others);
  } catch (error) {
    if (isDatabaseUnusable(error)) throw error;
    await removeEach(others ?? (await listOthers(db, [])));
  }
}

async function listOthers(db: Database, except: readonly number[]): Promise<number[]> {
  const tenants = await db.inTenant(DEFAULT_TENANT, listTenants);
  return tenants.map(({ id }) => id).filter((id) => !except.includes(id));
}

/** Functions that remove the expired rows of tenants, each of one kind. */
const OF_TENANTS = [
  'delete_expired_keys',
  'delete_expired_refresh_families',
  'delete_expired_idempotent_requests',
] as const;

/** Returns a function that removes expired rows. What fails is logged and retried. */
export function createExpiredRowsRemoval(db: Database, log: Logger): () => Promise<void> {
  const isolation = new RowIsolation();
  const onError = (error: unknown) => log.error({ err: error }, 'could not remove expired rows');
  return async () => {
    for (const name of OF_TENANTS) {
      await removeOfTenants(db, name, isolation, onError, (tenants) =>
        db.singleStatement((transaction) =>
          sql`select ${sql.id(name)}(${tenants && [...tenants]}::int[])`.execute(transaction),
        ),
      );
    }
    await isolation.run(
      { removal: 'delete_expired_login_state' },
      () => db.singleStatement((transaction) => sql`select delete_expired_login_state()`.execute(transaction)),
      onError,
    );
  };
}

/** Versions of one statement. */
const PORTION = 500;

/**
 * Returns a function that removes versions whose artifact keeps them for a time that has passed.
 * Never rejects: what failed is tried again.
 */
export function createVersionRemoval(db: Database, log: Logger): () => Promise<void> {
  const isolation = new RowIsolation();
  const onError = (error: unknown) => log.warn({ err: error }, 'could not remove expired versions of artifacts');
  const removeVersions = async (tenants: Tenants) => {
    while ((await removeExpiredVersions(db, tenants, PORTION)) === PORTION);
  };
  return async () => {
    try {
      await removeOfTenants(db, 'remove_expired_versions', isolation, onError, removeVersions);
    } catch (error) {
      onError(error);
    }
  };
}
