import { DEFAULT_LIMITS } from '../../../platform/limits';
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
  db = openDatabase(database().url, 1, vault, { extensions: false, limits: LIMITS, status: 'strict' });
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
