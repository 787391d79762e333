import { sql } from 'kysely';
import { Client } from 'pg';
import { APP_ROLE, openPool, type Transaction } from '../../../platform/store/database';
import { withDatabase } from '../with-database';

const TENANT = 1;
/** PostgreSQL asks itself whether to keep a plan after five uses. */
const USES = 8;

const database = withDatabase();

const inTenant = <T>(work: (transaction: Transaction) => Promise<T>) => database().db.inTenant(TENANT, work);

async function asOwner(statement: string): Promise<void> {
  const pool = openPool(database().url, 1);
  await pool.query(statement);
  await pool.end();
}

/** A connection of the application that keeps its plans, and the plan it has of finding an execution by its id. */
async function keeper() {
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

test('a plan made while a table was empty is made anew once there are rows', async () => {
  const kept = await keeper();
  await kept.plan();
  await inTenant((transaction) =>
    sql`insert into execution (action_ref) select 'a.b' from generate_series(1, 500)`.execute(transaction),
  );

  await database().db.inNone((transaction) => sql`select refresh_plans()`.execute(transaction));

  expect(await kept.plan()).toContain('execution_pkey');
  await kept.end();
});

test('a table that is altered while statements on it are prepared stops nobody', async () => {
  const all = () =>
    inTenant((transaction) => transaction.selectFrom('lease').selectAll().where('owner', '=', 1).execute());
  for (let use = 0; use < USES; use++) await all();

  await asOwner('alter table lease add column added_later int');

  await expect(all()).resolves.toEqual([]);
});

test('a root is called after itself, and what is below it is called after the root', async () => {
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
