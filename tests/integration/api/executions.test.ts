import { signToken } from '../../../platform/api/tokens';
import type { Execution, ExecutionSummary } from '../../../contract/executions';
import type { Page } from '../../../contract/envelopes';
import { SECRET, withStage } from './stage';

const stage = withStage();
let token: string;
beforeAll(async () => {
  token = await stage().logIn();
});

const PATH = '/api/v1/executions';
const execute = (payload: object, as = token) => stage().send({ method: 'POST', url: `${PATH}/execute`, payload }, as);
const made = async (payload: object = { action_ref: 'core.noop' }) =>
  (await execute(payload)).json<{ data: Execution }>().data;
const get = (path: string, as = token) => stage().send({ url: `${PATH}${path}` }, as);
const items = async (query: string) => (await get(query)).json<Page<ExecutionSummary>>();
const cancel = (id: number, as = token) => stage().send({ method: 'POST', url: `${PATH}/${id}/cancel` }, as);

/** An execution that is already in a status. */
async function stored(columns: Record<string, unknown>): Promise<number> {
  const row = { root: 0, ...columns };
  const names = Object.keys(row);
  const { rows } = await stage().owner.query<{ id: number }>(
    `insert into execution (${names.join(', ')}) values (${names.map((_, at) => `$${at + 1}`).join(', ')}) returning id`,
    Object.values(row),
  );
  return rows[0]!.id;
}

/** A token of somebody new with these grants. */
async function holderOf(grants: object[]): Promise<string> {
  const nonce = Math.random().toString(36).slice(2);
  const { rows } = await stage().owner.query<{ id: number }>(
    `with who as (insert into identity (login) values ($1) returning id),
      what as (insert into permission_set (ref, grants) values ($2, $3) returning id),
      holds as (insert into permission_assignment (identity, permset) select who.id, what.id from who, what)
     select id from who`,
    [`holder-${nonce}`, `test.${nonce}`, JSON.stringify(grants)],
  );
  return signToken(SECRET, { identity: rows[0]!.id, login: 'holder', tenant: 1, tokenType: 'access', seconds: 60 });
}

test('an execution is answered while still requested, with its parameters as they were given', async () => {
  const parameters = { message: 'hi', nested: { deep: [1, null, '{{ x }}'] } };

  const answer = await execute({
    action_ref: 'core.echo',
    parameters,
    env_vars: { A: '1' },
    unknown: 1,
    status: 'failed',
  });

  const { data } = answer.json<{ data: Execution }>();
  expect([answer.statusCode, data]).toMatchObject([
    201,
    { action_ref: 'core.echo', status: 'requested', config: parameters, parent: null, result: null, finished_at: null },
  ]);
  expect(data).not.toHaveProperty('env_vars');
  expect((await get(`/${data.id}`)).json()).toMatchObject({ data: { id: data.id, config: parameters } });
});

test.each([[undefined], [null], [{}]])('parameters %j are none', async (parameters) => {
  expect((await made({ action_ref: 'core.noop', parameters })).config).toBeNull();
});

test('parameters named like parts of a prototype come back as they went', async () => {
  const payload = '{"action_ref":"core.noop","parameters":{"__proto__":{"a":1},"constructor":2}}';
  const headers = { 'content-type': 'application/json' };

  const answer = await stage().send({ method: 'POST', url: `${PATH}/execute`, payload, headers }, token);

  expect([answer.statusCode, answer.body]).toEqual([
    201,
    expect.stringContaining('"config":{"__proto__":{"a":1},"constructor":2}'),
  ]);
});

test.each([
  [{ action_ref: 'core.nothing' }, 404, '{"error":"Action core.nothing not found","code":"NOT_FOUND"}'],
  [{ action_ref: 5 }, 422, 'action_ref must be a text'],
  [{}, 422, 'action_ref is required'],
  [{ action_ref: 'core.noop', parameters: 'x' }, 422, 'parameters must be an object or null'],
])('executing %j is refused', async (payload, status, body) => {
  const answer = await execute(payload);

  expect([answer.statusCode, answer.body]).toEqual([status, body]);
});

test('executing needs actions:execute, asked after the action is found', async () => {
  const nobody = await holderOf([]);
  const onlyRef = (ref: string) =>
    holderOf([{ resource: 'actions', actions: ['execute'], constraints: { refs: [ref] } }]);
  const broken = await holderOf([{ resource: 'actions', action: 'execute' }]);
  const executor = await holderOf([{ resource: 'actions', actions: ['execute'] }]);

  expect((await execute({ action_ref: 'core.nothing' }, nobody)).statusCode).toBe(404);
  for (const as of [nobody, await onlyRef('core.echo'), broken]) {
    const answer = await execute({ action_ref: 'core.noop' }, as);
    expect([answer.statusCode, answer.body]).toEqual([
      403,
      '{"error":"Insufficient permissions: actions:execute","code":"FORBIDDEN"}',
    ]);
  }
  expect((await execute({ action_ref: 'core.noop' }, executor)).statusCode).toBe(201);
  expect((await execute({ action_ref: 'core.noop' }, await onlyRef('core.noop'))).statusCode).toBe(201);
});

test('secret parameters are shown by a marker, and in clear only to who may decrypt executions', async () => {
  const secrets = { resource: 'executions', actions: ['read', 'decrypt'] };
  const [reader, decrypter] = [await holderOf([{ ...secrets, actions: ['read'] }]), await holderOf([secrets])];
  await stage().owner.query(
    `insert into action (ref, param_schema) values ('stage.secret', '{"pw": {"type": "string", "secret": true}}')`,
  );
  const made = await execute({ action_ref: 'stage.secret', parameters: { pw: 'planted', n: 1 } });
  const { data } = made.json<{ data: { id: number; config: object } }>();
  const get = (query: string, token: string) =>
    stage().send({ method: 'GET', url: `/api/v1/executions/${data.id}${query}` }, token);

  expect(data.config).toEqual({ pw: { $attune_secret: true, redacted: true }, n: 1 });
  expect((await get('', decrypter)).body).not.toContain('planted');
  expect((await get('?include_secret_values=true', reader)).statusCode).toBe(403);
  const shown = (await get('?include_secret_values=true', decrypter)).json<{ data: { config: object } }>();
  expect(shown.data.config).toEqual({ pw: 'planted', n: 1 });
});

test('an execution token carries the sets it names, ends with its execution, and its executions are children', async () => {
  const parent = await stored({ action_ref: 'core.noop', status: 'running' });
  const { rows } = await stage().owner.query<{ id: number }>(
    `select id from identity where login = 'test@attune.local'`,
  );
  const mint = (refs: string[]) =>
    signToken(SECRET, {
      identity: rows[0]!.id,
      login: `execution:${parent}`,
      tenant: 1,
      tokenType: 'execution',
      seconds: 60,
      scope: 'execution',
      metadata: { execution_id: parent, permission_set_refs: refs },
    });

  expect((await execute({ action_ref: 'core.noop' }, await mint(['standard']))).statusCode).toBe(403);
  expect((await execute({ action_ref: 'core.noop' }, await mint(['core.executor', 'core.nothing']))).statusCode).toBe(
    403,
  );
  const child = await execute({ action_ref: 'core.noop' }, await mint(['core.executor']));
  expect([child.statusCode, child.json()]).toMatchObject([201, { data: { parent } }]);
  await stage().owner.query(`update execution set status = 'completed' where id = $1`, [parent]);
  expect((await get('', await mint(['core.executor']))).statusCode).toBe(401);
});

test('one execution: 404 before 403', async () => {
  const nobody = await holderOf([]);
  const { id } = await made();

  for (const tail of ['', '/log', '/tree']) {
    expect((await get(`/999999999${tail}`, nobody)).body).toBe(
      '{"error":"Execution 999999999 not found","code":"NOT_FOUND"}',
    );
    expect((await get(`/${id}${tail}`, nobody)).json()).toMatchObject({
      error: 'Insufficient permissions: executions:read',
    });
    expect((await get(`/${id}${tail}`)).statusCode).toBe(200);
  }
});

test('another tenant has neither this execution nor any trace of it', async () => {
  const { id } = await made();
  await stage().owner.query(`insert into tenant (id, slug, name) values (5, 'other', 'Other')`);
  const { rows } = await stage().owner.query<{ id: number }>(
    `insert into identity (tenant, login) values (5, 'o') returning id`,
  );
  const other = await signToken(SECRET, {
    identity: rows[0]!.id,
    login: 'o',
    tenant: 5,
    tokenType: 'worker',
    seconds: 60,
  });

  for (const tail of ['', '/log', '/tree']) {
    expect((await get(`/${id}${tail}`, other)).body).toBe(`{"error":"Execution ${id} not found","code":"NOT_FOUND"}`);
  }
  expect((await cancel(id, other)).statusCode).toBe(404);
  expect((await get('?include_total=true', other)).json()).toMatchObject({ items: [], pagination: { total_items: 0 } });
  expect((await get('/stats', other)).json()).toMatchObject({ data: { total: 0 } });
});

test('a list gives summaries, newest first, twenty at a time, uncounted', async () => {
  const ids: number[] = [];
  for (let n = 0; n < 21; n++) ids.push(await stored({ action_ref: 'paged.one', status: 'completed' }));

  const first = await items('?action_ref=paged.one');
  const second = await items('?action_ref=paged.one&page=2');

  expect(first.items.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
  expect(first.items[0]).not.toHaveProperty('config');
  expect(first.pagination).toEqual({ page: 1, page_size: 20, has_previous: false, has_next: true });
  expect(second.items.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  expect(second.pagination).toEqual({ page: 2, page_size: 20, has_previous: true, has_next: false });
});

test('every filter narrows, and all of them together', async () => {
  const parent = await stored({ action_ref: 'filter.root', status: 'running' });
  const child = await stored({
    action_ref: 'filter.child',
    status: 'failed',
    parent,
    enforcement: 77,
    rule_ref: 'rules.one',
    trigger_ref: 'triggers.one',
    result: JSON.stringify({ error: 'it is 100% broken' }),
  });
  const alone = async (query: string) => (await items(`?${query}&include_total=true`)).items.map(({ id }) => id);

  expect(await alone(`parent=${parent}`)).toEqual([child]);
  expect(await alone('action_ref=filter.*&top_level_only=true')).toEqual([parent]);
  expect(await alone('pack_name=filter&status=failed')).toEqual([child]);
  expect(await alone('rule_ref=rules.*&trigger_ref=triggers.one&enforcement=77')).toEqual([child]);
  expect(await alone('action_ref=filter.*&result_contains=100%25')).toEqual([child]);
  expect(await alone('action_ref=filter.*&result_contains=1%25broken')).toEqual([]);
  expect(await alone('action_ref=filter._hild')).toEqual([]);
  expect(await alone(`action_ref=${encodeURIComponent("x' or '1'='1")}`)).toEqual([]);
  expect(await alone(`parent=${parent}&status=completed`)).toEqual([]);
});

test.each([
  [
    '?status=done',
    'application/json; charset=utf-8',
    '{"error":"status done is not an execution status","code":"BAD_REQUEST","details":{"path":"status"}}',
  ],
  ['?parent=x', 'text/plain; charset=utf-8', 'query parent must be a whole number'],
  ['?top_level_only=yes', 'text/plain; charset=utf-8', 'query top_level_only must be true or false'],
  ['?per_page=-1', 'text/plain; charset=utf-8', 'query per_page must be at least 0'],
  [
    '/status/done',
    'application/json; charset=utf-8',
    '{"error":"status done is not an execution status","code":"BAD_REQUEST","details":{"path":"status"}}',
  ],
])('%s is a bad filter', async (query, type, body) => {
  const answer = await get(query);

  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([400, type, body]);
});

test('pages far beyond the end are empty', async () => {
  for (const page of ['1000000000', '9223372036854775808']) {
    expect((await items(`?page=${page}&per_page=1000000000`)).items).toEqual([]);
  }
});

test('a list by status is always counted', async () => {
  const id = await stored({ action_ref: 'abandoned.one', status: 'abandoned' });

  expect(await items('/status/abandoned')).toMatchObject({
    items: [{ id }],
    pagination: { page: 1, page_size: 50, total_items: 1, total_pages: 1, has_next: false },
  });
});

test('counts group what waits, and what is being cancelled', async () => {
  const before = (await get('/stats')).json<{ data: Record<string, number> }>().data;
  for (const status of ['scheduling', 'scheduled', 'canceling']) await stored({ action_ref: 'counted.one', status });

  const after = (await get('/stats')).json<{ data: Record<string, number> }>().data;

  expect(after).toEqual({
    ...before,
    total: before.total! + 3,
    pending: before.pending! + 2,
    cancelled: before.cancelled! + 1,
  });
});

test('cancelling before the start ends it at once, and a second time is a conflict', async () => {
  const { id } = await made();

  const first = await cancel(id);
  const second = await cancel(id);

  expect([first.statusCode, first.json()]).toMatchObject([
    200,
    { data: { status: 'cancelled', result: { error: 'Cancelled by user before execution started' } } },
  ]);
  expect([second.statusCode, second.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
});

test('cancelling needs executions:cancel, asked after the execution is found', async () => {
  const viewer = await holderOf([{ resource: 'executions', actions: ['read'] }]);
  const { id } = await made();

  expect((await cancel(999_999_999, viewer)).statusCode).toBe(404);
  expect((await cancel(id, viewer)).json()).toMatchObject({ error: 'Insufficient permissions: executions:cancel' });
  expect((await get(`/${id}`)).json()).toMatchObject({ data: { status: 'requested' } });
});

test('the log is read in pieces, and past its end the cursor stays', async () => {
  const { id } = await made();
  await cancel(id);

  const read = async (query: string) =>
    (await get(`/${id}/log${query}`)).json<{ data: { entries: { type: string }[]; next: string } }>().data;
  const whole = await read('');
  const first = await read('?limit=1');
  const rest = await read(`?limit=1000000&cursor=${first.next}`);
  const past = await read(`?cursor=${whole.next}`);

  expect(whole.entries.map(({ type }) => type)).toEqual(['CANCEL_REQUESTED', 'EXECUTION_CANCELLED']);
  expect([...first.entries, ...rest.entries]).toEqual(whole.entries);
  expect(past).toEqual({ entries: [], next: whole.next });
});

test.each(['x', 'MjAyNg', '%00', Buffer.from('2026-02-31T00:00:00Z 1').toString('base64url')])(
  'the cursor %s is not one of ours',
  async (cursor) => {
    const { id } = await made();

    const answer = await get(`/${id}/log?cursor=${cursor}`);

    expect(answer.statusCode).toBe(422);
  },
);

test('the tree holds the children in order of id', async () => {
  const parent = await stored({ action_ref: 'tree.root', status: 'running' });
  const children: number[] = [];
  for (let n = 0; n < 3; n++)
    children.push(await stored({ action_ref: 'tree.leaf', status: 'running', parent, root: parent }));

  const { data } = (await get(`/${parent}/tree`)).json<{ data: { id: number; children: { id: number }[] } }>();

  expect([data.id, data.children.map(({ id }) => id)]).toEqual([parent, children]);
});

test.each([
  ['worker_affinity/required', { worker_affinity: { required: 'x' } }],
  [
    'worker_affinity/required/0/match_expressions/0/operator',
    { worker_affinity: { required: [{ match_expressions: [{ key: 'zone', operator: 'near' }] }] } },
  ],
  ['worker_tolerations/0/key', { worker_tolerations: [{ key: ' ' }] }],
  ['worker_selector/', { worker_selector: { '': 'x' } }],
  ['worker_selector/zone', { worker_selector: { zone: 1 } }],
])('what says nothing usable of workers is refused: %s', async (path, fields) => {
  const answer = await execute({ action_ref: 'core.noop', ...fields });

  expect([answer.statusCode, answer.json()]).toMatchObject([400, { code: 'BAD_REQUEST', details: { path } }]);
});
