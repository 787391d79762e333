import { sql } from 'kysely';
import { DEFAULT_LIMITS } from '../../../platform/base/limits';
import {
  limitsOf,
  openDatabase,
  servesExtensions,
  showsStrictStatuses,
  vaultOf,
  type Database,
  type Transaction,
} from '../../../platform/store/database/connection';
import { openVault } from '../../../platform/store/secrets/vault';
import { withDatabase } from '../database/with-database';

const TENANT = 1;
const LIMITS = { ...DEFAULT_LIMITS, causationDepth: 3, resultBytes: 2_048 };

const database = withDatabase();
const vault = openVault('a secret of the tests');
let db: Database;
beforeAll(() => {
  db = openDatabase(database().url, 1, vault, {
    extensions: false,
    limits: LIMITS,
    status: 'strict',
    virtualTime: false,
  });
});
afterAll(() => db.close());

test.each<[string, <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>]>([
  ['a transaction of a tenant', (work) => db.inTenant(TENANT, work)],
  ['a statement that only reads', (work) => db.readingInTenant(TENANT, work)],
  ['a statement of a tenant', (work) => db.statementInTenant(TENANT, work)],
  ['a transaction without a tenant', (work) => db.withoutTenant(work)],
  ['a statement without a tenant', (work) => db.singleStatement(work)],
])('%s has the settings of its database', async (_, run) => {
  const settings = await run((transaction) =>
    Promise.resolve([
      limitsOf(transaction),
      servesExtensions(transaction),
      showsStrictStatuses(transaction),
      vaultOf(transaction) === vault,
    ]),
  );

  expect(settings).toEqual([LIMITS, false, true, true]);
});

test.each<[string, <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>]>([
  ['of a tenant', (work) => db.statementInTenant(TENANT, work)],
  ['without a tenant', (work) => db.singleStatement(work)],
])('a statement %s has no second one beside it', async (_, run) => {
  const label = (text: string) => (transaction: Transaction) =>
    sql`select ${text} as label`.execute(transaction).then(({ rows }) => rows);
  expect(await run(label('first'))).toEqual([{ label: 'first' }]);

  const both = run(async (transaction) => [await label('first')(transaction), await label('second')(transaction)]);

  await expect(both).rejects.toThrow('a second statement without a transaction');
});

test('a statement that is repeated after a deadlock is still the first one', async () => {
  let attempts = 0;

  const rows = await db.singleStatement(async (transaction) => {
    attempts += 1;
    const failure = sql.raw(attempts === 1 ? "do $$ begin raise sqlstate '40P01'; end $$" : 'select 1 as n');
    return (await sql`${failure}`.execute(transaction)).rows;
  });

  expect(rows).toEqual([{ n: 1 }]);
});
