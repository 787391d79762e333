import { sql } from 'kysely';
import { pino } from 'pino';
import { removeExpiredHistory } from '../../../platform/executor/retention/expired-history';
import { openPool } from '../../../platform/store/database/connection';
import { withDatabase } from '../with-database';

const DAY_S = 86_400;
const database = withDatabase();

const execute = <T>(statement: ReturnType<typeof sql<T>>) =>
  database().db.inTenant(1, async (transaction) => (await statement.execute(transaction)).rows);

interface NewExecution {
  readonly status?: string;
  readonly parent?: number;
  readonly enforcement?: number;
  /** Retention of the request: days. */
  readonly days?: number;
  readonly ageDays: number;
}

async function insertExecution({ status = 'completed', ageDays, ...more }: NewExecution): Promise<number> {
  const [row] = await execute(sql<{ id: number }>`
    insert into execution (action_ref, status, parent, enforcement, artifact_retention_policy,
      artifact_retention_limit, created, updated, finished_at)
    select 'demo.act', ${status}, ${more.parent ?? null}::bigint, ${more.enforcement ?? null}::bigint,
      ${more.days === undefined ? null : 'days'}, ${more.days ?? null}::int, at, at, at
    from (select platform_now() - ${ageDays} * interval '1 day' as at) t returning id`);
  const { id } = row!;
  await execute(sql`insert into execution_event (root, execution, type) values (${more.parent ?? id}, ${id}, 'TEST')`);
  return id;
}

async function insertEvent(ageDays: number): Promise<{ event: number; enforcement: number }> {
  const [row] = await execute(sql<{ event: number; enforcement: number }>`
    with e as (insert into event (trigger_ref, created) values ('demo.trigger',
        platform_now() - ${ageDays} * interval '1 day') returning id, created),
      n as (insert into enforcement (trigger_ref, event, status, created)
        select 'demo.trigger', id, 'processed', created from e returning id, event)
    select event, id as enforcement from n`);
  return row!;
}

const insertDelivery = (event: number, ageDays: number) =>
  execute(sql`insert into webhook_event_log (trigger_ref, event, key_hash, payload_bytes, status_code, delivery_hash, created)
    values ('demo.trigger', ${event}, 'k', 1, 200, 'd', platform_now() - ${ageDays} * interval '1 day')`);

const retain = (days: number, count = 0) =>
  removeExpiredHistory(
    database().db,
    { retentionSeconds: days * DAY_S, retentionCount: count },
    pino({ enabled: false }),
  );

const idsOf = async (table: 'execution' | 'event' | 'enforcement' | 'webhook_event_log'): Promise<number[]> =>
  (await execute(sql<{ id: number }>`select id from ${sql.table(table)} order by id`)).map(({ id }) => id);

const loggedExecutions = async (): Promise<number[]> =>
  (await execute(sql<{ id: number }>`select distinct execution as id from execution_event order by id`)).map(
    ({ id }) => id,
  );

afterEach(async () => {
  await execute(sql`update execution set artifact_retention_policy = null,
    status = case when status = 'running' then 'completed' else status end`);
  await retain(0.000_001);
});

test('finished executions are removed by age, with all below and their log', async () => {
  const [old, recent] = [await insertExecution({ ageDays: 31 }), await insertExecution({ ageDays: 29 })];
  await insertExecution({ ageDays: 31, parent: old });

  await retain(30);

  expect([await idsOf('execution'), await loggedExecutions()]).toEqual([[recent], [recent]]);
});

test('unfinished work below it, or its own retention, keeps an execution', async () => {
  const tree = await insertExecution({ ageDays: 40 });
  const open = await insertExecution({ ageDays: 40, parent: tree, status: 'running' });
  const kept = await insertExecution({ ageDays: 40, days: 50 });
  await insertExecution({ ageDays: 60, days: 50 });

  await retain(30);

  expect(await idsOf('execution')).toEqual([tree, open, kept]);
});

test('the newest executions and events are kept, in number', async () => {
  const ages = [5, 4, 3, 2, 1];
  const executions: number[] = [];
  const events: number[] = [];
  for (const ageDays of ages) {
    executions.push(await insertExecution({ ageDays }));
    events.push((await insertEvent(ageDays)).event);
  }

  await retain(0, 2);

  expect([await idsOf('execution'), await idsOf('event')]).toEqual([executions.slice(3), events.slice(3)]);
});

test('an event goes with its enforcements and deliveries, after its executions', async () => {
  const [used, unused, repeated] = [await insertEvent(40), await insertEvent(40), await insertEvent(40)];
  const id = await insertExecution({ ageDays: 1, enforcement: used.enforcement });
  await insertDelivery(unused.event, 40);
  await insertDelivery(repeated.event, 0.5);

  await retain(30);

  expect([await idsOf('execution'), await idsOf('event')]).toEqual([[id], [used.event, repeated.event]]);
  expect(await idsOf('enforcement')).toEqual([used.enforcement, repeated.enforcement]);
  expect(await idsOf('webhook_event_log')).toHaveLength(1);
});

test('more than one portion is removed in a pass', async () => {
  await execute(sql`insert into execution (action_ref, status, created, updated)
    select 'demo.act', 'failed', at, at from (select platform_now() - interval '40 days' as at) t, generate_series(1, 1200)`);

  await retain(30);

  expect(await idsOf('execution')).toEqual([]);
});

test('the log of an execution that exists cannot be deleted', async () => {
  const id = await insertExecution({ ageDays: 0 });

  const owner = openPool(database().url, 1);
  await owner.query(`select set_config('app.removed_roots', $1, false)`, [String(id)]);
  const deletion = owner.query('delete from execution_event where root = $1', [id]).finally(() => owner.end());

  await expect(deletion).rejects.toThrow('append-only');
});
