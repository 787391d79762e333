import { isObject, type Json } from '../../../contract/json';
import { ALERT_TRIGGER } from '../../../platform/executor/events/alert-event';
import { markSilentWorker } from '../../../platform/executor/recovery/silent-workers';
import { openPool } from '../../../platform/store/database/connection';
import { claimEnvironment } from '../../../platform/store/packs/environments';
import { endOtherPlatforms } from '../../../platform/store/workers/executors';
import { registerWorker } from '../../../platform/store/workers/workers';
import { TENANT, withExecutor } from './with-executor';

const testPlatform = withExecutor();
const OFFSET_INSTANT = expect.stringMatching(/\+00:00$/) as string;

async function addWorker(name: string): Promise<{ readonly id: number; readonly name: string }> {
  const id = await registerWorker(testPlatform.db(), { name, runtimes: {}, slots: 1, meta: {} });
  return { id, name };
}

beforeAll(() =>
  testPlatform.db().inTenant(TENANT, async (transaction) => {
    const trigger = { ref: ALERT_TRIGGER, pack_ref: 'core', label: 'Alert' };
    await transaction.insertInto('trigger').values(trigger).execute();
  }),
);

const alertsOf = async (correlation: string): Promise<readonly Json[]> => {
  const events = await testPlatform
    .db()
    .inTenant(TENANT, (transaction) =>
      transaction.selectFrom('event').select('payload').where('trigger_ref', '=', ALERT_TRIGGER).execute(),
    );
  return events
    .map(({ payload }) => payload)
    .filter((payload) => isObject(payload) && payload.correlation_id === correlation);
};

const alertAbout = (worker: { readonly id: number; readonly name: string }) =>
  expect.objectContaining({
    severity: 'error',
    category: 'worker',
    failure_type: 'worker_unavailable',
    worker_role: 'action',
    component_type: 'worker',
    component_id: worker.id,
    component_ref: worker.name,
  }) as object;

test('an abandoned execution names its worker, in its result and in one alert', async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
  const attempt = (await testPlatform.claim()).find(({ execution }) => execution === id)!;
  await testPlatform.start(attempt);
  await testPlatform.loseLease(attempt);

  await testPlatform.recover(id, 3, 'off');
  await testPlatform.recover(id, 3, 'off');

  const worker = { id: testPlatform.worker(), name: 'manual', status: 'active', cordoned: false };
  expect((await testPlatform.get(id)).result).toEqual({
    error: 'Worker manual was lost, and recovery is off',
    abandoned_by: 'execution_timeout_monitor',
    original_status: 'running',
    worker: { ...worker, last_heartbeat: OFFSET_INSTANT },
    reconciled_at: OFFSET_INSTANT,
    recoveries: 0,
  });
  expect(await alertsOf(`execution:${id}:worker_unavailable`)).toEqual([alertAbout(worker)]);
});

test('an execution at the limit of its recoveries has one alert', async () => {
  const id = await testPlatform.requestAndDispatch('test.act');
  const attempt = (await testPlatform.claim()).find(({ execution }) => execution === id)!;
  await testPlatform.start(attempt);
  await testPlatform.loseLease(attempt);

  await testPlatform.recover(id, 0);

  const details = { execution: id, action_ref: 'test.act', original_status: 'running', recoveries: 0 };
  expect(await alertsOf(`execution:${id}:worker_unavailable`)).toEqual([
    expect.objectContaining({ details: { ...details, code: 'RECOVERY_LIMIT' } }),
  ]);
});

test('a running execution that never had a lease is abandoned, not run again', async () => {
  const worker = await addWorker('no-lease');
  const { id } = await testPlatform.request('test.act');
  await testPlatform.queryAsOwner(
    `update execution set status = 'running', worker = $2, started_at = platform_now() where id = $1`,
    [id, worker.id],
  );
  await testPlatform.queryAsOwner(`update worker set status = 'inactive' where id = $1`, [worker.id]);
  const lost = await testPlatform.queryAsOwner<{ execution: number }>('select execution from lost_executions()');

  await testPlatform.recover(id, 3);

  expect(lost).toContainEqual({ execution: id });
  expect(await testPlatform.get(id)).toMatchObject({
    status: 'abandoned',
    result: {
      error: 'Worker no-lease was lost, and held no lease on the execution',
      worker: { ...worker, status: 'inactive', cordoned: false },
    },
  });
  expect(await alertsOf(`execution:${id}:worker_unavailable`)).toEqual([alertAbout(worker)]);
});

test('a silent worker is inactive, with one alert; a cordoned one without', async () => {
  const [silent, cordoned] = [await addWorker('silent'), await addWorker('cordoned')];
  await testPlatform.queryAsOwner(
    `update worker set last_heartbeat = liveness_now() - interval '90 s', cordoned = name = 'cordoned'
     where id = any($1)`,
    [[silent.id, cordoned.id]],
  );
  const mark = ({ id }: { readonly id: number }, staleMs: number): Promise<boolean> =>
    markSilentWorker(testPlatform.db(), { worker: id, tenant: TENANT }, staleMs);

  expect(await mark(silent, 100_000)).toBe(false);
  expect([await mark(silent, 80_000), await mark(silent, 80_000)]).toEqual([true, false]);
  expect(await mark(cordoned, 80_000)).toBe(true);

  expect(await alertsOf(`worker:${silent.id}:worker_unavailable`)).toEqual([alertAbout(silent)]);
  expect(await alertsOf(`worker:${cordoned.id}:worker_unavailable`)).toEqual([]);
});

const statusesOf = async (names: readonly string[]) =>
  Object.fromEntries(
    (
      await testPlatform.queryAsOwner<{ name: string; status: string }>(
        'select name, status from worker where name = any($1)',
        [names],
      )
    ).map(({ name, status }) => [name, status]),
  );

test('a platform that is alone ends the executors and the workers of others', async () => {
  await testPlatform.queryAsOwner(`insert into executor (instance, expires_at) values
    ('own', liveness_now() + interval '1 h'), ('other', liveness_now() + interval '1 h'),
    ('gone', liveness_now() - interval '1 h')`);
  const names = ['own', 'other', 'gone', 'unknown'];
  for (const instance of names)
    await registerWorker(testPlatform.db(), { name: instance, runtimes: {}, slots: 1, meta: { instance } });
  const pool = openPool(testPlatform.url(), 1);

  await endOtherPlatforms(pool, 'own').finally(() => pool.end());

  expect(await statusesOf(names)).toEqual({ own: 'active', other: 'inactive', gone: 'inactive', unknown: 'active' });
  const alive = await testPlatform.queryAsOwner<{ instance: string }>(
    'select instance from executor where expires_at > liveness_now()',
  );
  expect(alive).toEqual([{ instance: 'own' }]);
});

test('a platform that is alone builds again what others were building', async () => {
  const [pack] = await testPlatform.queryAsOwner<{ id: number }>(`insert into pack (ref, label, version, storage)
    values ('built', 'Built', '1.0.0', 'packs/1/built') returning id`);
  await testPlatform.queryAsOwner(
    `insert into environment (pack, runtime, status, content_hash, attempts, claimed_at) values
      ($1, 'python', 'installing', 'one', 1, liveness_now()), ($1, 'nodejs', 'installing', 'two', 3, liveness_now())`,
    [pack!.id],
  );
  const before = await claimEnvironment(testPlatform.db());
  const pool = openPool(testPlatform.url(), 1);

  await endOtherPlatforms(pool, 'own').finally(() => pool.end());

  const python = expect.objectContaining({ packRef: 'built', runtime: 'python' }) as object;
  const claimed = [await claimEnvironment(testPlatform.db()), await claimEnvironment(testPlatform.db())];
  expect({ before, claimed }).toEqual({ before: null, claimed: [python, null] });
  const attempts = await testPlatform.queryAsOwner(
    'select runtime, status, attempts from environment where pack = $1 order by runtime',
    [pack!.id],
  );
  expect(attempts).toEqual([
    { runtime: 'nodejs', status: 'failed', attempts: 3 },
    { runtime: 'python', status: 'installing', attempts: 2 },
  ]);
});
