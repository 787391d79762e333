// Of each kind of rows the expired ones are removed, and what is open or in use stays.
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';
import { runPass } from './retention-settings';

const DAY_S = 86_400;
const OLD = `platform_now() - interval '40 days'`;
const database = withDatabase();
const { query, insert } = withOwner(database);

const idsOf = async (table: string): Promise<number[]> =>
  (await query<{ id: number }>(`select id from ${table} order by id`)).map(({ id }) => id);

const keep30Days = (targets: Record<string, { max_age_seconds: number | null }> = {}) =>
  runPass(database(), { maxAgeSeconds: 30 * DAY_S, settings: { targets } });

const insertExecution = (status: string, more: { enforcement?: number; worker?: number } = {}) =>
  insert(
    `insert into execution (action_ref, status, enforcement, worker, created, updated, finished_at)
     select 'demo.act', $1, $2, $3, at, at, at from (select ${OLD} as at) t`,
    [status, more.enforcement ?? null, more.worker ?? null],
  );

const insertInquiry = (execution: number, status: string, updated = OLD) =>
  insert(`insert into inquiry (execution, status, updated) values ($1, $2, ${updated})`, [execution, status]);

afterEach(async () => {
  await query('truncate execution, inquiry, enforcement, event, webhook_event_log, sensor, lease, worker cascade');
});

test('pending inquiries, and those of executions that run, stay', async () => {
  await insertInquiry(await insertExecution('completed'), 'responded');
  const open = await insertInquiry(await insertExecution('running'), 'pending');
  const inUse = await insertInquiry(await insertExecution('running'), 'responded');

  const pass = await keep30Days({ executions: { max_age_seconds: null } });

  expect(await idsOf('inquiry')).toEqual([open, inUse]);
  expect(pass?.removed).toMatchObject({ inquiries: 1 });
});

test('an execution stays while its inquiry has not expired', async () => {
  const kept = await insertExecution('completed');
  await insertInquiry(kept, 'responded', 'platform_now()');
  await insertInquiry(await insertExecution('completed'), 'responded');

  await keep30Days();

  expect(await idsOf('execution')).toEqual([kept]);
});

const insertEnforcement = (status: string, event: number | null, created = OLD) =>
  insert(`insert into enforcement (trigger_ref, event, status, created) values ('demo.t', $1, $2, ${created})`, [
    event,
    status,
  ]);
const insertEvent = () => insert(`insert into event (trigger_ref, created) values ('demo.t', ${OLD})`);

test('enforcements without a decision, and those of executions, stay', async () => {
  await insertEnforcement('processed', null);
  const open = await insertEnforcement('created', null);
  const used = await insertEnforcement('processed', await insertEvent());
  await insertExecution('running', { enforcement: used });

  await keep30Days();

  expect(await idsOf('enforcement')).toEqual([open, used]);
});

test('an event stays while an enforcement of it has not expired', async () => {
  const [event, expired] = [await insertEvent(), await insertEvent()];
  await insertEnforcement('processed', event, 'platform_now()');
  await insertEnforcement('processed', expired);

  await keep30Days();

  expect(await idsOf('event')).toEqual([event]);
});

test('an event stays where its deliveries are kept forever', async () => {
  const event = await insertEvent();
  const delivery = `insert into webhook_event_log (trigger_ref, event, key_hash, status_code, created)
    values ('demo.t', $1, 'k', 200, ${OLD})`;
  const kept = await insert(delivery, [event]);

  await keep30Days({ webhook_event_logs: { max_age_seconds: null } });
  expect([await idsOf('event'), await idsOf('webhook_event_log')]).toEqual([[event], [kept]]);

  await keep30Days();
  expect([await idsOf('event'), await idsOf('webhook_event_log')]).toEqual([[], []]);
});

test('a delivery of the last 24 hours stays with its event at any age', async () => {
  const insertDelivery = (event: number, age: string) =>
    insert(
      `insert into webhook_event_log (trigger_ref, event, key_hash, status_code, delivery_hash, created)
       values ('demo.t', $1, 'k', 200, 'd', platform_now() - $2::interval)`,
      [event, age],
    );
  const [old, recognized] = [await insertEvent(), await insertEvent()];
  await insertDelivery(old, '24 hours 1 minute');
  const kept = await insertDelivery(recognized, '23 hours 59 minutes');

  await runPass(database(), { maxAgeSeconds: 3_600, settings: {} });

  expect([await idsOf('event'), await idsOf('webhook_event_log')]).toEqual([[recognized], [kept]]);
});

test('an event of a timer stays until it has been processed', async () => {
  const event = await insertEvent();
  await query('insert into pending_rule (event, rule) values ($1, 1)', [event]);

  await keep30Days();
  expect(await idsOf('event')).toEqual([event]);

  await query('delete from pending_rule');
  await keep30Days();
  expect(await idsOf('event')).toEqual([]);
});

interface WorkerColumns {
  readonly status?: string;
  readonly cordoned?: boolean;
  readonly heartbeat?: string;
}

const insertWorker = ({ status = 'inactive', cordoned = false, heartbeat = OLD }: WorkerColumns = {}) =>
  insert(
    `insert into worker (name, status, cordoned, last_heartbeat, updated)
     values (gen_random_uuid()::text, $1, $2, ${heartbeat}, ${OLD})`,
    [status, cordoned],
  );

test('workers that are active, cordoned, recent or in use stay', async () => {
  await insertWorker();
  const [active, cordoned] = [await insertWorker({ status: 'active' }), await insertWorker({ cordoned: true })];
  const [recent, used, leased] = [
    await insertWorker({ heartbeat: 'liveness_now()' }),
    await insertWorker(),
    await insertWorker(),
  ];
  await insertExecution('running', { worker: used });
  await query(
    `insert into lease (resource, tenant, owner, expires_at, fencing_token) values ('x', 1, $1, liveness_now(), 1)`,
    [leased],
  );

  const pass = await keep30Days();

  expect(await idsOf('worker')).toEqual([active, cordoned, recent, used, leased]);
  expect(pass?.removed).toMatchObject({ workers: 1 });
});

const insertSensorProcess = async (status: string, isEnabled: boolean) => {
  const sensor = await insert(`insert into sensor (ref, enabled) values ($1, $2)`, [
    `demo.${status}-${String(isEnabled)}`,
    isEnabled,
  ]);
  const id = await insert(`insert into sensor_process (sensor, status, updated) values ($1, $2, ${OLD})`, [
    sensor,
    status,
  ]);
  return { sensor, id };
};

test('sensor processes that run, or delay their next start, stay', async () => {
  await insertSensorProcess('stopped', true);
  await insertSensorProcess('failed', false);
  const kept = [
    await insertSensorProcess('running', true),
    await insertSensorProcess('backoff', true),
    await insertSensorProcess('failed', true),
    await insertSensorProcess('stopped', false),
  ];
  await query(
    `insert into lease (resource, tenant, owner, expires_at, fencing_token)
     values ('sensor:' || $1, 1, 1, liveness_now(), 1)`,
    [kept[3]!.sensor],
  );

  await keep30Days();

  expect(await idsOf('sensor_process')).toEqual(kept.map(({ id }) => id));
});

test('the latest result of the tests of a pack stays', async () => {
  const pack = await insert(`insert into pack (ref, label, version) values ('tested', 'x', '1.0.0')`);
  const insertResult = (created: string) =>
    insert(
      `insert into pack_test_execution (pack, pack_version, execution_time, trigger_reason, total_tests, passed, failed,
        skipped, pass_rate, duration_ms, result, created)
       values ($1, '1.0.0', platform_now(), 'manual', 1, 1, 0, 0, 1, 1, '{}', ${created})`,
      [pack],
    );
  await insertResult(OLD);
  const latest = await insertResult(OLD);

  const pass = await keep30Days();

  expect(await idsOf('pack_test_execution')).toEqual([latest]);
  expect(pass?.removed).toMatchObject({ pack_test_executions: 1 });
});

test('notifications that no notifier has removed expire', async () => {
  await query('truncate notification_log');
  await query(
    `insert into notification_log (tenant, type, entity_type, entity, payload, created)
     values (1, 't', 'execution', 1, '{}', ${OLD}), (1, 't', 'execution', 2, '{}', platform_now())`,
  );

  await keep30Days();

  expect(await query('select entity from notification_log')).toEqual([{ entity: 2 }]);
});

test('rows of another tenant expire as well, and none without an age', async () => {
  const [tenant] = await query<{ id: number }>(`insert into tenant (slug, name) values ('kinds', 'x') returning id`);
  await query(`insert into execution (tenant, action_ref, status, created, updated, finished_at)
    select ${tenant!.id}, 'demo.act', 'failed', at, at, at from (select ${OLD} as at) t`);

  await keep30Days({ executions: { max_age_seconds: null } });
  expect(await idsOf('execution')).toHaveLength(1);

  await keep30Days();
  expect(await idsOf('execution')).toEqual([]);
});
