import { withExecutionApi } from './with-execution-api';
import { tokenOfIdentity } from '../test-tokens';
import { createOtherTenant } from '../grant-holder';

const { testApi, executeAndRead, get, cancel, insertExecution, tokenWithGrants } = withExecutionApi();

test('one execution: 404 before 403', async () => {
  const withoutGrant = await tokenWithGrants([]);
  const { id } = await executeAndRead();

  for (const tail of ['', '/log', '/tree', '/workflow-task-waits']) {
    expect((await get(`/999999999${tail}`, withoutGrant)).body).toBe(
      '{"error":"Execution 999999999 not found","code":"NOT_FOUND"}',
    );
    expect((await get(`/${id}${tail}`, withoutGrant)).json()).toMatchObject({
      error: 'Insufficient permissions: executions:read',
    });
    expect((await get(`/${id}${tail}`)).statusCode).toBe(200);
  }
});

test('another tenant cannot see the execution', async () => {
  const { id } = await executeAndRead();
  const other = await tokenOfIdentity(await createOtherTenant(testApi().owner));

  for (const tail of ['', '/log', '/tree', '/workflow-task-waits']) {
    expect((await get(`/${id}${tail}`, other)).body).toBe(`{"error":"Execution ${id} not found","code":"NOT_FOUND"}`);
  }
  expect((await cancel(id, other)).statusCode).toBe(404);
  expect((await get('?include_total=true', other)).json()).toMatchObject({ items: [], pagination: { total_items: 0 } });
  expect((await get('/stats', other)).json()).toMatchObject({ data: { total: 0 } });
});

test('no task waits without an execution of its own', async () => {
  const { id } = await executeAndRead();

  expect((await get(`/${id}/workflow-task-waits`)).json()).toEqual({ data: [] });
});

test('cancelling before the start ends it; a second time is a conflict', async () => {
  const { id } = await executeAndRead();

  const first = await cancel(id);
  const second = await cancel(id);

  expect([first.statusCode, first.json()]).toMatchObject([
    200,
    { data: { status: 'cancelled', result: { error: 'Cancelled by user before execution started' } } },
  ]);
  expect([second.statusCode, second.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
});

test('cancelling needs executions:cancel, checked after the lookup', async () => {
  const viewer = await tokenWithGrants([{ resource: 'executions', actions: ['read'] }]);
  const { id } = await executeAndRead();

  expect((await cancel(999_999_999, viewer)).statusCode).toBe(404);
  expect((await cancel(id, viewer)).json()).toMatchObject({ error: 'Insufficient permissions: executions:cancel' });
  expect((await get(`/${id}`)).json()).toMatchObject({ data: { status: 'requested' } });
});

test('the log is read in pages; the cursor stays at its end', async () => {
  const { id } = await executeAndRead();
  await cancel(id);

  const read = async (query: string) =>
    (await get(`/${id}/log${query}`)).json<{ data: { entries: { type: string }[]; next: string } }>().data;
  const whole = await read('');
  const first = await read('?limit=1');
  const rest = await read(`?limit=1000000&cursor=${first.next}`);
  const past = await read(`?cursor=${whole.next}`);

  expect(whole.entries.map(({ type }) => type)).toEqual(['CANCEL_REQUESTED', 'EXECUTION_CANCELLED']);
  expect([...first.entries, ...rest.entries]).toEqual(whole.entries);
  expect(past).toEqual({ entries: [], next: whole.next, ended: true });
});

test.each(['x', 'MjAyNg', '%00', Buffer.from('2026-02-31T00:00:00Z 1').toString('base64url')])(
  'IN-06 the cursor %s is not one of ours',
  async (cursor) => {
    const { id } = await executeAndRead();

    const response = await get(`/${id}/log?cursor=${cursor}`);

    expect(response.statusCode).toBe(422);
  },
);

test('the tree lists the children in order of id', async () => {
  const parent = await insertExecution({ action_ref: 'tree.root', status: 'running' });
  const children: number[] = [];
  for (let n = 0; n < 3; n++)
    children.push(await insertExecution({ action_ref: 'tree.leaf', status: 'running', parent, root: parent }));

  const { data } = (await get(`/${parent}/tree`)).json<{ data: { id: number; children: { id: number }[] } }>();

  expect([data.id, data.children.map(({ id }) => id)]).toEqual([parent, children]);
});
