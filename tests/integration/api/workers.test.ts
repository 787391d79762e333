import type { Worker } from '../../../contract/workers';
import type { Page } from '../../../contract/envelopes';
import { withApi } from './with-api';
import { tokenOfIdentity } from './test-tokens';
import { createGrantHolder, createOtherTenant } from './grant-holder';

const testApi = withApi();

const send = (method: 'GET' | 'POST', path: string, payload?: object, token = testApi().admin) =>
  testApi().call(method, `/workers${path}`, payload, token);
const get = async (id: number) => (await send('GET', `/${id}`)).json<Worker>();
const listedNames = async (query: string) =>
  (await send('GET', `?${query}`)).json<Page<Worker>>().items.map(({ name }) => name);

let insertedWorkers = 0;
/** A worker as its row says. */
const insertWorker = async (columns: Readonly<Record<string, unknown>> = {}): Promise<{ id: number; name: string }> => {
  const row = { name: `w-${++insertedWorkers}`, slots: 4, ...columns };
  const names = Object.keys(row);
  const { rows } = await testApi().owner.query<{ id: number }>(
    `insert into worker (${names.join()}) values (${names.map((_, at) => `$${at + 1}`).join()}) returning id`,
    Object.values(row),
  );
  return { id: rows[0]!.id, name: row.name };
};
const insertExecution = (on: number, status: string) =>
  testApi().owner.query('insert into execution (action_ref, worker, status) values ($1, $2, $3)', ['a.b', on, status]);

test('a worker reports its runtimes and its load', async () => {
  const { id, name } = await insertWorker({
    runtimes: JSON.stringify({ python: '3.11.7' }),
    meta: JSON.stringify({ host: 'here' }),
  });
  for (const status of ['scheduled', 'running', 'canceling', 'completed']) await insertExecution(id, status);

  expect(await get(id)).toMatchObject({
    id,
    name,
    worker_type: 'local',
    worker_role: 'action',
    host: 'here',
    port: null,
    status: 'busy',
    heartbeat_stale: false,
    cordoned: false,
    cordon_reason: null,
    cordoned_by: null,
    cordoned_at: null,
    health_state: 'busy',
    supported_runtimes: [{ name: 'python', versions: ['3.11.7'] }],
    load: {
      requested: 0,
      scheduling: 0,
      scheduled: 1,
      running: 1,
      canceling: 1,
      total_active: 3,
      max_concurrent_executions: 4,
      utilization_percent: 75,
      queue_depth: null,
    },
  });
});

test('the capabilities that a worker reports take precedence', async () => {
  const capabilities = {
    max_concurrent_executions: 8,
    max_concurrent_sensors: 10,
    sensor_processes_running: 3,
    sensor_processes_monitored: 5,
    active_rules: 7,
    health: { queue_depth: 2 },
    runtimes: ['shell'],
  };
  const { id } = await insertWorker({ worker_role: 'sensor', capabilities: JSON.stringify(capabilities) });

  expect(await get(id)).toMatchObject({
    status: 'busy',
    supported_runtimes: [{ name: 'shell', versions: [] }],
    load: {
      sensor_processes_running: 3,
      sensor_processes_monitored: 5,
      active_rules: 7,
      queue_depth: 2,
      max_concurrent_executions: 8,
      max_concurrent_sensors: 10,
      utilization_percent: 0,
    },
  });
});

test.each<[string, Readonly<Record<string, unknown>>, [string, boolean, string]]>([
  ['an active one', {}, ['active', false, 'active']],
  ['a silent one', { last_heartbeat: '2020-01-01T00:00:00Z' }, ['active', true, 'offline']],
  ['one without a heartbeat', { last_heartbeat: null }, ['active', true, 'offline']],
  ['an inactive one', { status: 'inactive' }, ['inactive', false, 'offline']],
  ['one in error', { status: 'error', last_heartbeat: null }, ['error', true, 'error']],
  ['a cordoned one in error', { status: 'error', cordoned: true }, ['error', false, 'cordoned']],
])('the health of %s', async (_what, columns, expected) => {
  const { status, heartbeat_stale: stale, health_state: health } = await get((await insertWorker(columns)).id);

  expect([status, stale, health]).toEqual(expected);
});

test.each([
  ['role=robot', 'query role must be one of action, sensor'],
  ['status=idle', 'query status must be one of active, inactive, busy, error'],
  ['health_state=well', 'query health_state must be one of cordoned, error, offline, busy, active, inactive'],
  ['cordoned=maybe', expect.stringContaining('query cordoned ')],
])('a list of workers with %s is rejected', async (query, message) => {
  const { statusCode, headers, body } = await send('GET', `?${query}`);

  expect([statusCode, headers['content-type'], body]).toEqual([400, 'text/plain; charset=utf-8', message]);
});

test('workers are listed by name and filtered', async () => {
  const sensor = await insertWorker({ worker_role: 'sensor' });
  const closed = await insertWorker({ cordoned: true });

  expect(await listedNames('role=sensor&page_size=100')).toContain(sensor.name);
  expect(await listedNames('role=action&page_size=100')).not.toContain(sensor.name);
  expect(await listedNames('cordoned=TRUE&page_size=100')).toContain(closed.name);
  expect(await listedNames('cordoned=false&page_size=100')).not.toContain(closed.name);
  expect(await listedNames('health_state=cordoned&page_size=100')).toContain(closed.name);
  expect(await listedNames('status=error&page_size=100')).not.toContain(closed.name);
  const page = (await send('GET', '?page_size=1&page=2')).json<Page<Worker>>();
  expect([page.items.length, page.pagination]).toMatchObject([1, { page: 2, page_size: 1, has_previous: true }]);
});

test('a worker is cordoned with a reason and uncordoned', async () => {
  const { id } = await insertWorker();

  const closed = await send('POST', `/${id}/cordon`, { reason: 'disk' });
  expect([closed.statusCode, closed.json<Worker>()]).toMatchObject([
    200,
    { cordoned: true, cordon_reason: 'disk', cordoned_by: 1, health_state: 'cordoned' },
  ]);
  expect((await get(id)).cordoned_at).toMatch(/Z$/);
  const opened = await send('POST', `/${id}/uncordon`);
  expect([opened.statusCode, opened.json<Worker>()]).toMatchObject([
    200,
    { cordoned: false, cordon_reason: null, cordoned_by: null, cordoned_at: null },
  ]);
});

test('cordon needs a JSON object, a missing worker is 404', async () => {
  const { id } = await insertWorker();

  expect((await send('POST', `/${id}/cordon`, {})).statusCode).toBe(200);
  expect((await send('POST', `/${id}/cordon`)).statusCode).toBeGreaterThanOrEqual(400);
  const requested = [send('GET', '/999999'), send('POST', '/999999/cordon', {}), send('POST', '/999999/uncordon')];
  expect((await Promise.all(requested)).map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
  expect((await send('GET', '/x')).statusCode).toBe(400);
});

test('reading needs a grant, and another tenant cordons none', async () => {
  const { id } = await insertWorker();
  const foreign = await tokenOfIdentity(await createOtherTenant(testApi().owner));
  const powerless = await createGrantHolder(testApi().owner, []);

  const refused = [
    send('GET', '', undefined, powerless),
    send('POST', `/${id}/cordon`, {}, powerless),
    send('POST', `/${id}/cordon`, {}, foreign),
    send('POST', `/${id}/uncordon`, undefined, foreign),
  ];
  expect((await Promise.all(refused)).map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403]);
  expect((await get(id)).cordoned).toBe(false);
});
