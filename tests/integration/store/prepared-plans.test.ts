import { sql } from 'kysely';
import { Client } from 'pg';
import { APP_ROLE, type Transaction } from '../../../platform/store/database/connection';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const TENANT = 1;
/** PostgreSQL decides after five executions whether to keep a generic plan. */
const EXECUTIONS = 8;

const database = withDatabase();
const owner = withOwner(database);

const inTenant = <T>(work: (transaction: Transaction) => Promise<T>) => database().db.inTenant(TENANT, work);

/**
 * Opens a connection of the application role that keeps its generic plans and has prepared a
 * lookup of an execution by id.
 */
async function openPreparedClient() {
  const client = new Client({ connectionString: database().url });
  await client.connect();
  await client.query(`set role ${APP_ROLE}; set app.tenant = '${TENANT}'; set plan_cache_mode = force_generic_plan`);
  await client.query('prepare by_id(bigint) as select status from execution where id = $1');
  const plan = async () => {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>('explain execute by_id(1)');
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  return { plan, end: () => client.end() };
}

test('analyze_grown_tables replaces a plan made for an empty table', async () => {
  const client = await openPreparedClient();
  await client.plan();
  await inTenant((transaction) =>
    sql`insert into execution (action_ref) select 'a.b' from generate_series(1, 500)`.execute(transaction),
  );

  await database().db.withoutTenant((transaction) => sql`select analyze_grown_tables()`.execute(transaction));

  expect(await client.plan()).toContain('execution_pkey');
  await client.end();
});

test('a prepared statement runs after its table was altered', async () => {
  const selectLeases = () =>
    inTenant((transaction) => transaction.selectFrom('lease').selectAll().where('owner', '=', 1).execute());
  for (let use = 0; use < EXECUTIONS; use++) await selectLeases();

  await owner.query('alter table lease add column added_later int');

  await expect(selectLeases()).resolves.toEqual([]);
});

test('a child has the correlation id of its root execution', async () => {
  const { id } = await inTenant((transaction) =>
    transaction.insertInto('execution').values({ action_ref: 'a.b' }).returning('id').executeTakeFirstOrThrow(),
  );
  const below = await inTenant((transaction) =>
    transaction
      .insertInto('execution')
      .values({ action_ref: 'a.b', parent: id })
      .returning('correlation_id')
      .executeTakeFirstOrThrow(),
  );

  expect(below.correlation_id).toBe(`execution:${id}`);
});
