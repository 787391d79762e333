import { pino } from 'pino';
import { runRetentionPass } from '../../../platform/executor/retention/retention-pass';
import type { Database } from '../../../platform/store/database/connection';
import { updateRetentionConfig } from '../../../platform/store/records/retention-config';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';
import { runPass } from './retention-settings';

const DAY_S = 86_400;
const NO_LIMIT = { retentionCount: 0 };
const log = pino({ enabled: false });
const database = withDatabase();
const { query, connect } = withOwner(database);

const countOf = async (table: string): Promise<number> =>
  (await query<{ count: number }>(`select count(*)::int as count from ${table}`))[0]!.count;

const insertExecutions = (count: number, status = 'completed') =>
  query<{ id: number }>(
    `insert into execution (action_ref, status, created, updated, finished_at)
     select 'demo.act', $2, at, at, at from (select platform_now() - interval '40 days' as at) t, generate_series(1, $1)
     returning id`,
    [count, status],
  );

const runDuePass = (db: Database = database().db, stop = new AbortController().signal) =>
  runRetentionPass(db, NO_LIMIT, stop, log);
const setConfig = (changes: Parameters<typeof updateRetentionConfig>[1]) =>
  database().db.inTenant(1, (transaction) => updateRetentionConfig(transaction, changes));
const passes = () =>
  query<{ dry_run: boolean; removed: object; error: string | null }>(
    'select dry_run, removed, error from supervisor_run order by id',
  );

beforeEach(async () => {
  await query('truncate execution, inquiry, execution_history, supervisor_run cascade');
  await setConfig({ enabled: true, dry_run: false, batch_size: 1_000, check_interval_seconds: 3_600 });
});

/** Calls `onPortion` before each transaction of a tenant. */
const observePortions = (db: Database, onPortion: () => Promise<void>): Database => ({
  ...db,
  inTenant: async (tenant, work) => {
    await onPortion();
    return db.inTenant(tenant, work);
  },
});

test('a pass removes portions of the batch size until none is left', async () => {
  await insertExecutions(7);
  await setConfig({ batch_size: 3 });
  const left: number[] = [];
  const observed = observePortions(database().db, async () => void left.push(await countOf('execution')));

  await runDuePass(observed);

  expect([...new Set(left)]).toEqual([7, 4, 1, 0]);
  expect(await passes()).toEqual([{ dry_run: false, removed: { executions: 7, execution_history: 7 }, error: null }]);
});

test('a dry run removes nothing and counts what a pass removes', async () => {
  await insertExecutions(7);
  await insertExecutions(1, 'running');
  await query(`insert into event (trigger_ref, created) values ('demo.t', platform_now() - interval '40 days')`);
  const settings = { dry_run: true, batch_size: 3 };

  const counted = await runPass(database(), { maxAgeSeconds: 30 * DAY_S, settings });

  expect(counted).toMatchObject({ dry_run: true, error: null, removed: { executions: 7, events: 1 } });
  expect([await countOf('execution'), await countOf('event')]).toEqual([8, 1]);
  const removed = await runPass(database(), { maxAgeSeconds: 30 * DAY_S, settings: { dry_run: false } });
  expect(removed).toMatchObject({ dry_run: false, removed: { executions: 7, events: 1 } });
  expect([await countOf('execution'), await countOf('event')]).toEqual([1, 0]);
});

test('a dry run counts what its own removals release', async () => {
  const [enforcement] = await query<{ id: number }>(
    `insert into enforcement (trigger_ref, status, created)
     values ('demo.t', 'processed', platform_now() - interval '40 days') returning id`,
  );
  const [execution] = await insertExecutions(1);
  await query('update execution set enforcement = $1 where id = $2', [enforcement!.id, execution!.id]);

  const counted = await runPass(database(), { maxAgeSeconds: 30 * DAY_S, settings: { dry_run: true } });

  expect(counted?.removed).toMatchObject({ executions: 1, enforcements: 1 });
});

test('retention that is off removes nothing and records no pass', async () => {
  await insertExecutions(1);
  await setConfig({ enabled: false });

  await runDuePass();

  expect([await countOf('execution'), await passes()]).toEqual([1, []]);
});

test('the next pass is due after the interval, and at once after a change', async () => {
  await setConfig({});
  await runDuePass();
  await insertExecutions(1);

  await runDuePass();
  expect(await countOf('execution')).toBe(1);

  await query(`update runtime_retention_config set next_pass_at = next_pass_at - interval '3600 s'`);
  await runDuePass();
  expect(await countOf('execution')).toBe(0);

  await insertExecutions(1);
  await setConfig({ check_interval_seconds: 3_000 });
  await runDuePass();
  expect([await countOf('execution'), (await passes()).length]).toEqual([0, 3]);
});

test('a process that cannot take the lock removes nothing', async () => {
  await insertExecutions(1);
  const client = await connect();
  await client.query('select pg_advisory_lock(7041993)');

  await runDuePass();

  expect([await countOf('execution'), await passes()]).toEqual([1, []]);
  await client.query('select pg_advisory_unlock(7041993)');
  client.release();
  await runDuePass();
  expect(await countOf('execution')).toBe(0);
});

test('a second process waits for no pass and repeats none', async () => {
  await insertExecutions(3);
  let started = 0;
  const observed = observePortions(database().db, async () => {
    if (started++ === 1) await runDuePass();
  });

  await runDuePass(observed);
  await runDuePass();

  expect(await passes()).toEqual([{ dry_run: false, removed: { executions: 3, execution_history: 3 }, error: null }]);
});

test('a pass ends when the settings change, and the next one is due', async () => {
  await insertExecutions(7);
  await setConfig({ batch_size: 2 });
  let portions = 0;
  const observed = observePortions(database().db, async () => {
    if (++portions === 3) await setConfig({ enabled: false });
  });

  await runDuePass(observed);

  expect([await countOf('execution'), await passes()]).toEqual([
    5,
    [{ dry_run: false, removed: { executions: 2 }, error: null }],
  ]);
  await setConfig({ enabled: true });
  await runDuePass();
  expect(await countOf('execution')).toBe(0);
});

test('a stopping platform ends its pass, and the next start goes on', async () => {
  await insertExecutions(7);
  await setConfig({ batch_size: 2 });
  const stopping = new AbortController();
  let portions = 0;
  const observed = observePortions(database().db, () => {
    if (++portions === 3) stopping.abort();
    return Promise.resolve();
  });

  await runDuePass(observed, stopping.signal);

  expect([await countOf('execution'), await passes()]).toEqual([3, []]);
  await runDuePass();
  expect(await countOf('execution')).toBe(0);
});

test('a failed pass is recorded with its error, and tried again in a minute', async () => {
  await query('alter function remove_expired_inquiries(int) rename to renamed');
  try {
    await insertExecutions(1);
    await runDuePass();
  } finally {
    await query('alter function renamed(int) rename to remove_expired_inquiries');
  }

  const [pass] = await passes();
  expect(pass).toMatchObject({
    removed: { executions: 1 },
    error: expect.stringContaining('remove_expired_inquiries') as string,
  });
  const [due] = await query<{ seconds: number }>(
    `select round(extract(epoch from next_pass_at - finished_at))::int as seconds from runtime_retention_config, supervisor_run`,
  );
  expect(due!.seconds).toBe(60);
});

test('the last 100 passes are kept', async () => {
  for (let pass = 0; pass < 102; pass++)
    await query(`select finish_retention_pass(0, platform_now(), false, '{}', null)`);

  expect(await countOf('supervisor_run')).toBe(100);
});

test('a pass that loses its connection leaves no lock', async () => {
  await insertExecutions(1);
  const observed = observePortions(database().db, async () => {
    await query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 7041993`);
  });
  await runDuePass(observed);

  const [held] = await query<{ count: number }>(
    `select count(*)::int as count from pg_locks where locktype = 'advisory' and objid = 7041993`,
  );
  expect(held!.count).toBe(0);
  await runDuePass();
  expect(await countOf('execution')).toBe(0);
});
