// Spec: what keeps the platform alive follows liveness time, whatever domain time is.
import { pino } from 'pino';
import { failUnclaimedExecutions } from '../../../platform/executor/recovery/fail-unclaimed';
import { advanceWorkflow } from '../../../platform/executor/workflows/advance';
import { claimSensor } from '../../../platform/store/events/sensor-processes';
import { addExecutor } from '../../../platform/store/workers/executors';
import { registerWorker, workerStates } from '../../../platform/store/workers/workers';
import { completed, STALE_MS, TENANT, withExecutor } from './with-executor';

const SILENT = pino({ enabled: false });

const LEASE_MS = 60_000;

const platform = withExecutor();

/** From now on domain time is what this expression gives. */
const setDomainTime = (expression: string): Promise<object[]> =>
  platform.queryAsOwner(`create or replace function platform_now() returns timestamptz
    language sql volatile as $$ select ${expression} $$`);

afterEach(() => setDomainTime('liveness_now()'));

const losses = async () =>
  (
    await platform.queryAsOwner(`select
      (select coalesce(json_agg(execution), '[]') from lost_executions()) as lost,
      (select coalesce(json_agg(worker), '[]') from silent_workers(${LEASE_MS})) as silent,
      (select coalesce(json_agg(execution), '[]') from unclaimed_executions(${LEASE_MS})) as unclaimed`)
  )[0];

const NONE = { lost: [], silent: [], unclaimed: [] };

const assigned = async (ref = 'test.act'): Promise<number> => {
  return platform.requestAndDispatch(ref);
};

test('a year of domain time loses no worker, lease or assignment', async () => {
  const running = await assigned();
  const [attempt] = await platform.claim();
  await platform.start(attempt!);
  const waiting = await assigned();

  await setDomainTime(`liveness_now() + interval '1 year'`);

  expect(await losses()).toEqual(NONE);
  expect(await failUnclaimedExecutions(platform.db(), LEASE_MS, SILENT)).toEqual([]);
  const states = await platform.db().inTenant(TENANT, (transaction) => workerStates(transaction, LEASE_MS));
  expect(states.map(({ isFresh }) => isFresh)).toEqual([true]);
  expect((await platform.claim()).map(({ execution }) => execution)).toEqual([waiting]);
  expect(await platform.finish(attempt!, completed())).toBe(true);
  expect((await platform.get(running)).status).toBe('completed');
});

test('a year of domain time leaves a workflow with its coordinator', async () => {
  const executors = [];
  for (const name of ['left', 'right']) executors.push(await addExecutor(platform.db(), name, LEASE_MS));
  const [left, right] = executors as [number, number];
  const advance = (executor: number, execution: number) =>
    advanceWorkflow(platform.db(), { executor, staleMs: STALE_MS })({ tenant: TENANT, execution });
  const flow = await platform.createWorkflow('one', {
    tasks: [{ name: 'one', action: 'test.act' }],
  });
  const id = await assigned(flow);
  await advance(left, id);

  await setDomainTime(`liveness_now() + interval '1 year'`);
  await platform.dispatch();
  const [attempt] = await platform.claim();
  await platform.start(attempt!);
  await platform.finish(attempt!, completed());

  await advance(right, id);
  const ofOther = (await platform.get(id)).status;
  await advance(left, id);
  expect([ofOther, (await platform.get(id)).status]).toEqual(['running', 'completed']);
});

test('a year of domain time gives the sensor of a worker to no other', async () => {
  const other = await registerWorker(platform.db(), { name: 'other', runtimes: {}, slots: 0, meta: {} });
  const [sensor] = await platform.queryAsOwner<{ id: number }>(
    `insert into sensor (ref, entrypoint) values ('test.watch', 'watch.sh') returning id`,
  );
  const claim = (worker: number) => claimSensor(platform.db(), { sensor: sensor!.id, failures: 0 }, worker, LEASE_MS);
  const token = await claim(platform.worker());

  await setDomainTime(`liveness_now() + interval '1 year'`);

  expect(token).not.toBeNull();
  expect(await claim(other)).toBeNull();
});

test('while domain time stands still, a lost worker and its work are found', async () => {
  await setDomainTime(`timestamptz '2026-11-20T12:00:00Z'`);
  const held = await assigned();
  const [attempt] = await platform.claim();
  await platform.loseLease(attempt!);
  const waiting = await assigned();
  await platform.queryAsOwner(`update execution set assigned_at = assigned_at - interval '61 s' where id = $1`, [
    waiting,
  ]);
  await platform.queryAsOwner(`update worker set last_heartbeat = last_heartbeat - interval '1 hour' where id = $1`, [
    platform.worker(),
  ]);

  expect(await losses()).toEqual({ lost: [held], silent: [platform.worker()], unclaimed: [waiting] });
});
