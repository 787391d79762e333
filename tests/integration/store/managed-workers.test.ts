import type { Transaction } from '../../../platform/store/database/connection';
import { readWorkerLog } from '../../../platform/store/lifecycle/execution-log';
import { adoptWorkers, recordProcessEnd } from '../../../platform/store/workers/supervised-workers';
import { addManagedWorker, lockTenantWorker } from '../../../platform/store/workers/tenant-workers';
import { registerWorker } from '../../../platform/store/workers/workers';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const database = withDatabase();
const TENANT = 1;
const OTHER = 7;
const LEASE_MS = 30_000;
const owner = withOwner(database);
beforeAll(async () => {
  await owner.query(`insert into tenant (id, slug, name) values (${OTHER}, 'other', 'Other')`);
});

const inTenant = <T>(work: (transaction: Transaction) => Promise<T>, tenant = TENANT): Promise<T> =>
  database().db.inTenant(tenant, work);

interface Row {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly status: string;
  readonly supervisor: string | null;
}

const rowOf = async (id: number): Promise<Row> =>
  (await owner.query<Row>('select id::int, name, state, status, supervisor from worker where id = $1', [id]))[0]!;

async function addWorker(): Promise<Row> {
  const limits = { queueLimit: 3, heartbeatTimeoutMs: null, provisionTimeoutMs: 60_000 };
  const id = await inTenant((transaction) =>
    addManagedWorker(transaction, { tenant: TENANT, runtime: 'shell', template: null, ...limits }),
  );
  return rowOf(id);
}

/** Its process has started, and has found these runtimes. */
const register = (name: string, runtimes: Readonly<Record<string, string>> = { shell: '5.2.0', python: '3.11.2' }) =>
  registerWorker(database().db, { name, runtimes, slots: 2, meta: { pid: 7 } });

const changesOf = async (id: number) =>
  (await inTenant((transaction) => readWorkerLog(transaction, id, null, 100))).entries.map(({ payload }) => [
    payload.to,
    payload.cause,
  ]);

test('a managed worker whose process exits is offline until the next one', async () => {
  const { id, name } = await addWorker();
  await register(name, { python: '3.11.2' });
  const without = await rowOf(id);
  await register(name);

  await recordProcessEnd(database().db, name);
  const exited = await rowOf(id);
  await register(name);

  expect([without.state, exited, await rowOf(id)]).toEqual([
    'provisioning',
    { id, name, state: 'offline', status: 'inactive', supervisor: null },
    { id, name, state: 'online', status: 'active', supervisor: null },
  ]);
  expect(await changesOf(id)).toEqual([
    ['provisioning', 'create'],
    ['online', 'heartbeat'],
    ['offline', 'crashed'],
    ['online', 'heartbeat'],
  ]);
});

/** Of a platform, in this state; the age of its last heartbeat in s, null: it has no process. */
async function addSupervised(supervisor: string, state: string, silentSeconds: number | null): Promise<number> {
  const { id, name } = await addWorker();
  await register(name);
  await owner.query(
    `update worker set supervisor = $2, state = $3, state_cause = 'by hand', status = 'inactive',
       last_heartbeat = liveness_now() - $4 * interval '1 s', meta = case when $4::float8 is null then '{}' else meta end
     where id = $1`,
    [id, supervisor, state, silentSeconds],
  );
  return id;
}

test('the workers of a platform that has ended are taken over by another', async () => {
  const silent = LEASE_MS / 1_000 + 1;
  await owner.query(`insert into executor (instance, expires_at) values ('alive', liveness_now() + interval '1 hour')`);
  const ended = {
    online: await addSupervised('ended', 'online', silent),
    offline: await addSupervised('ended', 'offline', null),
    provisioning: await addSupervised('ended', 'provisioning', null),
    paused: await addSupervised('ended', 'paused', silent),
    hibernated: await addSupervised('ended', 'hibernated', null),
    failed: await addSupervised('ended', 'failed', null),
  };
  const recent = await addSupervised('ended', 'online', 1);
  const others = await addSupervised('alive', 'online', silent);

  await adoptWorkers(database().db, 'next', LEASE_MS);

  const after = await Promise.all(
    Object.entries(ended).map(async ([before, id]) => {
      const { state, supervisor } = await rowOf(id);
      return [before, state, supervisor];
    }),
  );
  expect(after).toEqual([
    ['online', 'provisioning', 'next'],
    ['offline', 'provisioning', 'next'],
    ['provisioning', 'provisioning', 'next'],
    ['paused', 'paused', 'next'],
    ['hibernated', 'hibernated', 'next'],
    ['failed', 'failed', 'next'],
  ]);
  expect([await rowOf(recent), await rowOf(others)]).toMatchObject([
    { state: 'online', supervisor: 'ended' },
    { state: 'online', supervisor: 'alive' },
  ]);
});

test('a managed worker does not exist for another tenant', async () => {
  const { id } = await addWorker();
  const seenBy = (tenant: number) =>
    inTenant(async (transaction) => {
      const rows = await transaction.selectFrom('worker').select('id').where('id', '=', id).execute();
      const locked = await lockTenantWorker(transaction, id);
      return [rows.length, locked?.id ?? null];
    }, tenant);

  expect([await seenBy(TENANT), await seenBy(OTHER)]).toEqual([
    [1, id],
    [0, null],
  ]);
  await expect(
    inTenant(
      (transaction) => transaction.updateTable('worker').set({ slots: 9 }).where('id', '=', id).execute(),
      OTHER,
    ),
  ).resolves.toMatchObject([{ numUpdatedRows: 0n }]);
});
