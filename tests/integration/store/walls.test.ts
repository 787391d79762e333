import { sql } from 'kysely';
import { migrate } from '../../../platform/store/migrate';
import { withDatabase } from '../with-database';

const database = withDatabase();

const insertPack = (tenant: number, ref: string) =>
  database().db.inTenant(tenant, (transaction) =>
    transaction
      .insertInto('pack')
      .values({ ref, label: ref, version: '1.0.0' })
      .returning('tenant')
      .executeTakeFirstOrThrow(),
  );

test('a row takes the tenant of its transaction', async () => {
  expect(await insertPack(1, 'mine')).toEqual({ tenant: 1 });
});

test('a row of another tenant cannot be read, changed or made', async () => {
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

test('outside a tenant no row is there at all', async () => {
  const found = await database().db.inNone((transaction) => transaction.selectFrom('pack').selectAll().execute());

  expect(found).toEqual([]);
});

test('the log takes no second thoughts', async () => {
  await database().db.inTenant(1, (transaction) =>
    transaction.insertInto('execution_event').values({ root: 1, execution: 1, type: 'WARNING' }).execute(),
  );

  await expect(
    database().db.inTenant(1, (transaction) => sql`delete from execution_event`.execute(transaction)),
  ).rejects.toMatchObject({ code: '42501' });
});

test('two platforms may bring one database up to date at the same time', async () => {
  await expect(Promise.all([migrate(database().url), migrate(database().url)])).resolves.toHaveLength(2);
});

test('of two transactions in a deadlock both are done', async () => {
  const [a, b] = [await insertPack(1, 'left'), await insertPack(1, 'right')] as const;
  expect([a, b]).toHaveLength(2);
  let arrived = 0;
  const bothHold = new Promise<void>((resolve) => {
    const look = (): void => (arrived >= 2 ? resolve() : void setImmediate(look));
    look();
  });
  const relabel = (first: string, second: string, label: string) =>
    database().db.inTenant(1, async (transaction) => {
      await transaction.updateTable('pack').set({ label }).where('ref', '=', first).execute();
      arrived += 1;
      await bothHold;
      await transaction.updateTable('pack').set({ label }).where('ref', '=', second).execute();
    });

  await Promise.all([relabel('left', 'right', 'one'), relabel('right', 'left', 'two')]);

  const labels = await database().db.inTenant(1, (transaction) =>
    transaction.selectFrom('pack').select('label').where('ref', 'in', ['left', 'right']).distinct().execute(),
  );
  expect(labels).toHaveLength(1);
  expect(arrived).toBeGreaterThan(2);
});
