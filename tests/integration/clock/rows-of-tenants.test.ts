// A row that people read shows the clock of its tenant, whatever transaction writes it; one of no
// tenant shows real time.
import type { Pool } from 'pg';
import { openPool } from '../../../platform/store/database/connection';
import { withDatabase } from '../database/with-database';

const database = withDatabase();
const PINNED = '2031-05-01T00:00:00Z';
let tenant: number;
/** Statements of the platform, of no tenant. */
let pool: Pool;

beforeAll(async () => {
  pool = openPool(database().url, 2, { virtualTime: true });
  tenant = (await rows<{ id: number }>(`insert into tenant (slug, name) values ('pinned', 'pinned') returning id`))[0]!
    .id;
  await rows(`insert into tenant_clock (tenant, pinned_at) values (${tenant}, '${PINNED}')`);
});
afterAll(() => pool.end());

async function rows<T extends object>(statement: string, values: unknown[] = []): Promise<T[]> {
  return (await pool.query<T>(statement, values)).rows;
}

/** Runs a statement in a transaction of the tenant. */
async function inTenant(statement: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`begin; set local app.tenant = '${tenant}'`);
    await client.query(statement);
    await client.query('commit');
  } finally {
    client.release();
  }
}

let count = 0;

/** Of the tenant, managed, in a state; null: of no tenant. Heartbeat and last change are old. */
async function insertWorker(state: string | null): Promise<{ readonly id: number; readonly name: string }> {
  const name = `worker-${++count}`;
  const columns = state === null ? '' : ', tenant, state, runtime, queue_limit, provision_timeout_ms';
  const values = state === null ? '' : `, ${tenant}, '${state}', 'shell', 10, 1000`;
  const [worker] = await rows<{ id: number }>(
    `insert into worker (name, last_heartbeat, updated, runtimes${columns})
     values ('${name}', '2020-01-01', '2020-01-01', '{"shell": "5"}'${values}) returning id`,
  );
  return { id: worker!.id, name };
}

const CHANGES: readonly [string, string, (worker: { id: number; name: string }) => string][] = [
  ['mark_worker_silent', 'online', ({ id }) => `select mark_worker_silent(${id}, 1)`],
  ['mark_worker_lost', 'online', ({ id }) => `select mark_worker_lost(${id})`],
  ['deactivate_worker', 'online', ({ id }) => `select deactivate_worker(${id})`],
  ['record_process_end', 'online', ({ name }) => `select record_process_end('${name}')`],
  ['confirm_provisioned', 'provisioning', ({ id }) => `select confirm_provisioned(${id})`],
  ['fail_provisioning', 'provisioning', ({ id }) => `select fail_provisioning(${id}, 'slow', 'x')`],
  [
    'register_worker',
    'offline',
    ({ name }) => `select register_worker('${name}', '{"shell": "5"}', 1, '{}', '{}', '{}')`,
  ],
];

test.each(CHANGES)('%s of a worker of a tenant shows its clock', async (_, state, change) => {
  const worker = await insertWorker(state);

  await rows(change(worker));

  const read = `select updated, (select max(created_at) from execution_event where worker = $1) as logged from worker where id = $1`;
  expect(await rows(read, [worker.id])).toEqual([{ updated: PINNED, logged: PINNED }]);
});

const OF_ALL: typeof CHANGES = [
  ...CHANGES.filter(([name]) => !name.endsWith('_provisioned') && !name.endsWith('_provisioning')),
  ['cordon_worker', 'online', ({ id }) => `select cordon_worker(${id}, true, 'x', null)`],
];

test.each(OF_ALL)('%s of a worker of no tenant shows real time', async (_, __, change) => {
  const worker = await insertWorker(null);

  await inTenant(change(worker));

  const read = `select updated <> '2020-01-01' and updated <> $2::timestamptz
    and coalesce(cordoned_at, updated) <> $2::timestamptz as "isReal" from worker where id = $1`;
  expect(await rows(read, [worker.id, PINNED])).toEqual([{ isReal: true }]);
});

test('an environment that is claimed shows the clock of its tenant', async () => {
  await rows(`with p as (insert into pack (tenant, ref, storage) values (${tenant}, 'built', '/nowhere') returning id)
    insert into environment (tenant, pack, runtime, status, content_hash)
     select ${tenant}, id, 'python', 'pending', '' from p`);

  await rows('select claim_environment(1000, 3)');

  expect(await rows('select updated from environment')).toEqual([{ updated: PINNED }]);
});

test('an artifact whose version expired shows the clock of its tenant', async () => {
  await rows(`with a as (insert into artifact (tenant, ref, type, scope, owner, retention_policy, retention_limit)
      values (${tenant}, 'p.old', 'file_text', 'system', '', 'hours', 1) returning id)
    insert into artifact_version (tenant, artifact, version, created) select ${tenant}, id, 1, '2020-01-01' from a`);

  await rows('select remove_expired_versions(null, 10)');

  expect(await rows('select updated from artifact')).toEqual([{ updated: PINNED }]);
  const created = `select distinct created from notification_log where entity_type = 'artifact' and type <> 'artifact_created'`;
  expect(await rows(created)).toEqual([{ created: PINNED }]);
});

test('an identity whose session ends shows the clock of its tenant', async () => {
  const [identity] = await rows<{ id: number }>(
    `insert into identity (tenant, login) values (${tenant}, 'someone') returning id`,
  );

  await rows(`select end_session(${identity!.id}, gen_random_uuid(), 60)`);

  expect(await rows('select updated from identity where id = $1', [identity!.id])).toEqual([{ updated: PINNED }]);
});

test('refresh families expire by the clock of their tenant', async () => {
  await rows(`with t as (insert into tenant (slug, name) values ('behind', 'behind') returning id)
    insert into tenant_clock (tenant, pinned_at) select id, '2020-05-01' from t`);
  const families = await rows<{ id: number }>(
    `with i as (insert into identity (tenant, login)
       select t.id, 'of-' || t.slug from tenant t where t.slug in ('pinned', 'behind') returning id, tenant, login)
     insert into refresh_family (tenant, identity, expires_at)
     select i.tenant, i.id, e.at from i cross join (values
       ('of-behind', timestamptz '2020-05-02'), ('of-behind', '2020-05-01'),
       ('of-pinned', '2031-05-02'), ('of-pinned', '2031-05-01')) as e (login, at) where e.login = i.login
     returning id`,
  );
  expect(families).toHaveLength(4);

  await rows('select delete_expired_refresh_families(null)');

  const left = await rows('select to_char(expires_at, $1) as day from refresh_family order by expires_at', [
    'YYYY-MM-DD',
  ]);
  expect(left).toEqual([{ day: '2020-05-02' }, { day: '2031-05-02' }]);
});
