import { sql } from 'kysely';
import { markSilentWorker, type SilentWorker } from '../../../platform/executor/recovery/silent-workers';
import type { Transaction } from '../../../platform/store/database/connection';
import { readWorkerLog } from '../../../platform/store/lifecycle/execution-log';
import {
  addExternalWorker,
  findAgent,
  lockTenantWorker,
  setWorkerState,
} from '../../../platform/store/workers/tenant-workers';
import { registerWorker, renewHeartbeat, workerStates } from '../../../platform/store/workers/workers';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const database = withDatabase();
const TENANT = 1;
const HOUR_MS = 3_600_000;
const owner = withOwner(database);

const inTenant = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> =>
  database().db.inTenant(TENANT, work);

const TIMES = { heartbeatTimeoutMs: 500, leaseMs: 1_000 };
const addWorker = () =>
  inTenant((transaction) =>
    addExternalWorker(transaction, { tenant: TENANT, runtime: 'relay', queueLimit: 3, ...TIMES }),
  );

interface WorkerRow {
  readonly state: string;
  readonly status: string;
}

async function rowOf(id: number): Promise<WorkerRow | undefined> {
  return (await owner.query<WorkerRow>('select state, status from worker where id = $1', [id]))[0];
}

async function markSilentWorkers(): Promise<SilentWorker[]> {
  const rows = await owner.query<SilentWorker>('select worker, tenant from silent_workers($1)', [HOUR_MS]);
  for (const worker of rows) await markSilentWorker(database().db, worker, HOUR_MS);
  return rows;
}

const changesOf = async (id: number) =>
  (await inTenant((transaction) => readWorkerLog(transaction, id, null, 100))).entries;

test('the status follows the state, and each change is logged once', async () => {
  const { id } = await addWorker();

  await owner.query(`update worker set state = 'online', state_cause = 'by hand' where id = $1`, [id]);
  await owner.query(`update worker set state = 'online', slots = 3 where id = $1`, [id]);
  expect(await rowOf(id)).toEqual({ state: 'online', status: 'active' });
  await inTenant((transaction) => setWorkerState(transaction, id, { to: 'paused', cause: 'pause' }));

  expect(await rowOf(id)).toEqual({ state: 'paused', status: 'inactive' });
  const entries = await changesOf(id);
  expect(entries.map(({ payload, root, execution }) => ({ ...payload, root, execution }))).toEqual([
    { from: null, to: 'awaiting_agent', cause: 'create', root: null, execution: null },
    { from: 'awaiting_agent', to: 'online', cause: 'by hand', root: null, execution: null },
    { from: 'online', to: 'paused', cause: 'pause', root: null, execution: null },
  ]);
});

test('the entries about a worker cannot be changed or deleted', async () => {
  const { id } = await addWorker();

  for (const statement of ['delete from execution_event', `update execution_event set payload = '{}'`])
    await expect(owner.query(`${statement} where worker = $1`, [id])).rejects.toThrow('EVENT_LOG_APPEND_ONLY');

  expect(await changesOf(id)).toHaveLength(1);
});

test('a worker is silent after its own timeout, and back with a heartbeat', async () => {
  const { id } = await addWorker();
  await owner.query(
    `update worker set state = 'online', state_cause = 'register', last_heartbeat = liveness_now() where id = $1`,
    [id],
  );

  const early = await markSilentWorkers();
  await owner.query(`update worker set last_heartbeat = liveness_now() - interval '501 ms' where id = $1`, [id]);
  const late = await markSilentWorkers();
  const silent = await rowOf(id);
  await inTenant((transaction) => renewHeartbeat(transaction, id, [], 1_000));

  expect([early, late]).toEqual([[], [{ worker: id, tenant: TENANT }]]);
  expect([silent, await rowOf(id)]).toEqual([
    { state: 'offline', status: 'inactive' },
    { state: 'online', status: 'active' },
  ]);
  const causes = (await changesOf(id)).map(({ payload }) => payload.cause);
  expect(causes).toEqual(['create', 'register', 'heartbeat_timeout', 'heartbeat']);
});

test('a heartbeat leaves a paused worker paused', async () => {
  const { id } = await addWorker();
  await inTenant((transaction) => setWorkerState(transaction, id, { to: 'paused', cause: 'pause' }));

  await inTenant((transaction) => renewHeartbeat(transaction, id, [], 1_000));

  expect(await rowOf(id)).toEqual({ state: 'paused', status: 'inactive' });
});

test('its secret finds it until it is removed', async () => {
  const { id, secret } = await addWorker();
  const find = (text: string) => database().db.singleStatement((transaction) => findAgent(transaction, text));

  expect(await find(secret)).toEqual({ id, tenant: TENANT, leaseMs: 1_000, isFrozen: false });
  expect(await find(`${secret}x`)).toBeNull();
  await inTenant((transaction) => setWorkerState(transaction, id, { to: 'removed', cause: 'delete' }));

  expect(await find(secret)).toBeNull();
});

test('managed workers are placed and cannot be changed by a tenant', async () => {
  const worker = { name: 'managed', runtimes: {}, slots: 1, meta: {} };
  const managed = await registerWorker(database().db, worker);
  const { id } = await addWorker();
  await inTenant((transaction) => setWorkerState(transaction, id, { to: 'online', cause: 'register' }));

  const states = await inTenant((transaction) => workerStates(transaction, 90_000));
  const locked = await inTenant((transaction) => lockTenantWorker(transaction, managed));
  const changed = await inTenant((transaction) =>
    sql`update worker set cordoned = true where id = ${managed}`.execute(transaction),
  );

  expect(states.map((state) => state.id)).toEqual([managed]);
  expect([locked, changed.numAffectedRows]).toEqual([null, 0n]);
});

const QUEUED = `insert into execution (action_ref, status, worker, addressed_to, assigned_at)
  values ('demo.act', 'scheduled', $1, $2, liveness_now() - interval '1 hour') returning id`;

test('what waits for an inactive external worker is neither lost nor overdue', async () => {
  const { id } = await addWorker();
  await owner.query(QUEUED, [id, id]);
  const unaddressed = (await owner.query<{ id: number }>(QUEUED, [id, null]))[0]!;

  const lost = await owner.query('select execution from lost_executions()');
  const unclaimed = await owner.query('select execution from unclaimed_executions(1000)');

  const expected = [{ execution: unaddressed.id }];
  expect([lost, unclaimed]).toEqual([expected, expected]);
});
