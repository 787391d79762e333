// Connections that only read keep the tenant of their last use: each use sets its own.
import { sql } from 'kysely';
import { openDatabase, openPool, type Database, type Transaction } from '../../../platform/store/database/connection';
import { withDatabase } from '../database/with-database';

const [OWN, OTHER] = [1, 2];

const database = withDatabase();
let single: Database;

beforeAll(async () => {
  single = openDatabase(database().url, 1); // one connection serves every tenant
  const owner = openPool(database().url, 1);
  await owner.query(`insert into tenant (id, slug, name) values (${OTHER}, 'other', 'Other')`);
  await owner.end();
  for (const tenant of [OWN, OTHER]) await insertPack(tenant);
});
afterAll(() => single.close());

const insertPack = (tenant: number): Promise<unknown> =>
  database().db.inTenant(tenant, (transaction) =>
    transaction
      .insertInto('pack')
      .values({ ref: `pack${tenant}`, label: 'Pack', version: '1.0.0' })
      .execute(),
  );

const packRefs = async (transaction: Transaction): Promise<string[]> =>
  (await transaction.selectFrom('pack').select('ref').orderBy('ref').execute()).map(({ ref }) => ref);

test('each use reads the rows of its own tenant', async () => {
  const tenants = [OWN, OTHER, OTHER, OWN];

  const read: string[][] = [];
  for (const tenant of tenants) read.push(await single.readingInTenant(tenant, packRefs));

  expect(read).toEqual(tenants.map((tenant) => [`pack${tenant}`]));
});

test('uses at the same time do not change the tenant of each other', async () => {
  const tenants = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? OWN : OTHER));

  const read = await Promise.all(tenants.map((tenant) => database().db.readingInTenant(tenant, packRefs)));

  expect(read).toEqual(tenants.map((tenant) => [`pack${tenant}`]));
});

test('a use that failed leaves the next one its own tenant', async () => {
  const failing = single.readingInTenant(OTHER, (transaction) => sql`select 1 / 0`.execute(transaction));
  await expect(failing).rejects.toMatchObject({ code: '22012' });

  expect(await single.readingInTenant(OWN, packRefs)).toEqual(['pack1']);
});

test.each([
  ['writes', sql`update pack set label = 'changed'`],
  ['locks', sql`select from pack for update`],
])('a statement that %s is rejected', async (_, statement) => {
  const attempt = single.readingInTenant(OWN, (transaction) => statement.execute(transaction));

  await expect(attempt).rejects.toMatchObject({ code: '25006' });
});
