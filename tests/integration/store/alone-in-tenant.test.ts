import { sql } from 'kysely';
import { DEFAULT_LIMITS } from '../../../platform/base/limits';
import { LOCK_NOT_AVAILABLE, openDatabase, type Database } from '../../../platform/store/database/connection';
import { openVault } from '../../../platform/store/secrets/vault';
import { withDatabase } from '../database/with-database';

const TENANT = 1;

const database = withDatabase();
let db: Database;
beforeAll(() => {
  const settings = { extensions: true, limits: DEFAULT_LIMITS, status: 'extended', virtualTime: true } as const;
  db = openDatabase(database().url, 2, openVault('a secret of the tests'), settings);
});
afterAll(() => db.close());

const nothing = () => Promise.resolve();

/** Opens a transaction of the tenant, until `end`. */
async function openTransaction(): Promise<{ end: () => Promise<void> }> {
  let [markOpen, close]: (() => void)[] = [];
  const opened = new Promise<void>((resolve) => (markOpen = resolve));
  const closed = new Promise<void>((resolve) => (close = resolve));
  const transaction = db.inTenant(TENANT, () => {
    markOpen?.();
    return closed;
  });
  await opened;
  return {
    end: () => {
      close?.();
      return transaction;
    },
  };
}

test('a transaction alone waits for those of its tenant, and for no other', async () => {
  const open = await openTransaction();

  await expect(db.aloneInTenant(TENANT, nothing)).rejects.toMatchObject({ code: LOCK_NOT_AVAILABLE });
  await expect(db.aloneInTenant(TENANT + 1, nothing)).resolves.toBeUndefined();
  await open.end();
  await expect(db.aloneInTenant(TENANT, nothing)).resolves.toBeUndefined();
});

test('a connection that waited in vain is used again', async () => {
  const open = await openTransaction();
  await expect(db.aloneInTenant(TENANT, nothing)).rejects.toMatchObject({ code: LOCK_NOT_AVAILABLE });

  const { rows } = await db.withoutTenant((transaction) => sql<{ one: number }>`select 1 as one`.execute(transaction));

  await open.end();
  expect(rows).toEqual([{ one: 1 }]);
});
