import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { HistoryRecord } from '../../../../contract/records/history';
import { withApi } from '../with-api';

const api = withApi();

interface HistoryPage {
  readonly items: readonly HistoryRecord[];
  readonly pagination: { readonly total_items: number; readonly page_size: number };
}

const get = (path: string) => api().call('GET', path);
const pageOf = async (path: string) => {
  const response = await get(path);
  if (response.statusCode !== 200) throw new Error(response.body);
  return response.json<HistoryPage>();
};

async function insert(statement: string, values: readonly unknown[] = []): Promise<number> {
  const { rows } = await api().owner.query<{ id: number }>(statement, [...values]);
  return rows[0]!.id;
}

const insertExecution = (tenant = 1) =>
  insert(`insert into execution (tenant, action_ref) values ($1, 'demo.act') returning id`, [tenant]);

const setStatus = (id: number, status: string, more = '') =>
  api().owner.query(`update execution set status = $2 ${more} where id = $1`, [id, status]);

test('each change of an execution is a row, the newest first', async () => {
  const id = await insertExecution();
  await setStatus(id, 'scheduling');
  await setStatus(id, 'failed', `, finished_at = platform_now(), result = '{"error": "no"}'`);

  const { items, pagination } = await pageOf(`/executions/${id}/history`);

  const change = { time: expect.any(String) as string, entity_id: id, entity_ref: 'demo.act' };
  expect(pagination).toMatchObject({ page: 1, page_size: 50, total_items: 3, total_pages: 1 });
  expect(items).toEqual([
    {
      ...change,
      operation: 'UPDATE',
      changed_fields: ['status', 'finished_at'],
      old_values: { status: 'scheduling', finished_at: null },
      new_values: { status: 'failed', finished_at: expect.any(String) as string },
    },
    {
      ...change,
      operation: 'UPDATE',
      changed_fields: ['status'],
      old_values: { status: 'requested' },
      new_values: { status: 'scheduling' },
    },
    {
      ...change,
      operation: 'INSERT',
      changed_fields: [],
      old_values: null,
      new_values: { action_ref: 'demo.act', parent: null, enforcement: null, executor: null, status: 'requested' },
    },
  ]);
});

test('a change that history does not show is no row', async () => {
  const id = await insertExecution();

  await api().owner.query(`update execution set stdout_tail = 'x', updated = platform_now() where id = $1`, [id]);

  expect((await pageOf(`/executions/${id}/history`)).items).toHaveLength(1);
});

test('the filters of a history select its rows', async () => {
  const id = await insertExecution();
  await setStatus(id, 'scheduling');
  const count = async (query: string) => (await pageOf(`/history/execution?entity_id=${id}&${query}`)).items.length;

  expect(await count('')).toBe(2);
  expect([await count('operation=INSERT'), await count('changed_field=status')]).toEqual([1, 1]);
  expect([await count('entity_ref=demo.act'), await count('entity_ref=demo.other')]).toEqual([2, 0]);
  expect([await count('since=2000-01-01T00:00:00Z'), await count('until=2000-01-01T00:00:00Z')]).toEqual([2, 0]);
});

test('what is no history is refused', async () => {
  const refused = async (path: string) => {
    const response = await get(path);
    return [response.statusCode, String(response.headers['content-type']).split(';')[0]];
  };

  expect(await refused('/history/rule')).toEqual([400, 'application/json']);
  expect(await refused('/history/execution?since=yesterday')).toEqual([400, 'application/json']);
  expect(await refused('/history/execution?operation=TRUNCATE')).toEqual([400, 'text/plain']);
  expect(await refused('/executions/987654/history')).toEqual([404, 'application/json']);
  expect(await refused('/workers/987654/history')).toEqual([404, 'application/json']);
});

test('the history of another tenant does not exist', async () => {
  const tenant = await insert(`insert into tenant (slug, name) values ('other', 'other') returning id`);
  const id = await insertExecution(tenant);
  await insert(
    `insert into worker_history (tenant, time, operation, entity_id, entity_ref)
     values ($1, platform_now(), 'INSERT', 777, 'w') returning id`,
    [tenant],
  );

  expect((await get(`/executions/${id}/history`)).statusCode).toBe(404);
  expect((await pageOf(`/history/execution?entity_id=${id}`)).pagination.total_items).toBe(0);
  expect((await pageOf('/history/worker?entity_id=777')).pagination.total_items).toBe(0);
});

test('a heartbeat of a worker is no change, its cordon is one', async () => {
  const name = `w-${randomUUID()}`;
  const register = `select register_worker($1, '{}', 1, '{"secret": "hunter2-hunter2"}', '{}', '{}') as id`;
  const id = await insert(register, [name]);
  await api().owner.query(`select record_worker_heartbeat($1, '{}', 1000)`, [id]);
  await insert(register, [name]);
  await api().owner.query(`update worker set cordoned = true where id = $1`, [id]);

  const { items } = await pageOf(`/workers/${id}/history`);

  expect(items.map(({ operation, entity_ref, changed_fields }) => [operation, entity_ref, changed_fields])).toEqual([
    ['UPDATE', name, ['cordoned']],
    ['INSERT', name, []],
  ]);
  expect(items[0]).toMatchObject({ old_values: { cordoned: false }, new_values: { cordoned: true } });
  expect(JSON.stringify(items)).not.toContain('hunter2');
});

test('the role of the application cannot write a history', async () => {
  const id = await insertExecution();
  const run = (statement: string) => api().db.inTenant(1, (transaction) => sql.raw(statement).execute(transaction));

  for (const table of ['execution_history', 'worker_history'])
    for (const statement of [
      `update ${table} set entity_ref = 'x'`,
      `delete from ${table}`,
      `truncate ${table}`,
      `insert into ${table} (tenant, time, operation, entity_id) values (1, platform_now(), 'INSERT', 1)`,
    ])
      await expect(run(statement)).rejects.toMatchObject({ code: '42501' });
  expect((await pageOf(`/executions/${id}/history`)).items).toHaveLength(1);
});

test('a change of a worker has the instant of its tenant in every transaction', async () => {
  const tenant = await insert(`insert into tenant (slug, name) values ('pinned', 'pinned') returning id`);
  const client = await api().owner.connect();
  try {
    await client.query(`set platform.virtual_time = 'on'`);
    await client.query(`insert into tenant_clock (tenant, pinned_at) values ($1, '2040-01-01T00:00:00Z')`, [tenant]);
    await client.query(
      `insert into worker (tenant, name, slots, state, runtime, queue_limit, provision_timeout_ms)
       values ($1, 'pinned', 1, 'online', 'shell', 1, 1)`,
      [tenant],
    );
    await client.query(`update worker set cordoned = true where name = 'pinned'`);
    const { rows } = await client.query<{ time: string }>(
      `select time from worker_history where entity_ref = 'pinned' order by id`,
    );
    expect(rows.map(({ time }) => new Date(time).toISOString())).toEqual(Array(2).fill('2040-01-01T00:00:00.000Z'));
  } finally {
    client.release(true);
  }
});

test('a page of no rows has one', async () => {
  const id = await insertExecution();
  await setStatus(id, 'scheduling');

  const { items, pagination } = await pageOf(`/executions/${id}/history?page_size=0`);

  expect([items.length, pagination.page_size, pagination.total_items]).toEqual([1, 0, 2]);
});
