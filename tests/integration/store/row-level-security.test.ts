import { sql } from 'kysely';
import { migrate } from '../../../platform/store/database/migrate';
import { withDatabase } from '../database/with-database';

const database = withDatabase();

const insertPack = (tenant: number, ref: string) =>
  database().db.inTenant(tenant, (transaction) =>
    transaction
      .insertInto('pack')
      .values({ ref, label: ref, version: '1.0.0' })
      .returning('tenant')
      .executeTakeFirstOrThrow(),
  );

test('a row gets the tenant of its transaction', async () => {
  expect(await insertPack(1, 'mine')).toEqual({ tenant: 1 });
});

test('a row of another tenant cannot be read, changed or inserted', async () => {
  await insertPack(1, 'theirs');

  const found = await database().db.inTenant(2, (transaction) => transaction.selectFrom('pack').selectAll().execute());
  const changed = await database().db.inTenant(2, (transaction) =>
    transaction.updateTable('pack').set({ label: 'x' }).where('ref', '=', 'theirs').executeTakeFirst(),
  );

  expect(found).toEqual([]);
  expect(changed.numUpdatedRows).toBe(0n);
  await expect(
    database().db.inTenant(2, (transaction) =>
      transaction.insertInto('pack').values({ tenant: 1, ref: 'forged', label: '', version: '1.0.0' }).execute(),
    ),
  ).rejects.toMatchObject({ code: '42501' });
});

test('a transaction without a tenant reads no row', async () => {
  const found = await database().db.withoutTenant((transaction) =>
    transaction.selectFrom('pack').selectAll().execute(),
  );

  expect(found).toEqual([]);
});

test('a row of the log cannot be deleted', async () => {
  await database().db.inTenant(1, (transaction) =>
    transaction.insertInto('execution_event').values({ root: 1, execution: 1, type: 'WARNING' }).execute(),
  );

  await expect(
    database().db.inTenant(1, (transaction) => sql`delete from execution_event`.execute(transaction)),
  ).rejects.toMatchObject({ code: '42501' });
});

test('two platforms can migrate one database at the same time', async () => {
  await expect(Promise.all([migrate(database().url), migrate(database().url)])).resolves.toHaveLength(2);
});

test('both transactions of a deadlock are committed', async () => {
  const [a, b] = [await insertPack(1, 'left'), await insertPack(1, 'right')] as const;
  expect([a, b]).toHaveLength(2);
  let lockHolders = 0;
  const bothLocksHeld = new Promise<void>((resolve) => {
    const check = (): void => (lockHolders >= 2 ? resolve() : void setImmediate(check));
    check();
  });
  const relabel = (first: string, second: string, label: string) =>
    database().db.inTenant(1, async (transaction) => {
      await transaction.updateTable('pack').set({ label }).where('ref', '=', first).execute();
      lockHolders += 1;
      await bothLocksHeld;
      await transaction.updateTable('pack').set({ label }).where('ref', '=', second).execute();
    });

  await Promise.all([relabel('left', 'right', 'one'), relabel('right', 'left', 'two')]);

  const labels = await database().db.inTenant(1, (transaction) =>
    transaction.selectFrom('pack').select('label').where('ref', 'in', ['left', 'right']).distinct().execute(),
  );
  expect(labels).toHaveLength(1);
  expect(lockHolders).toBeGreaterThan(2);
});
