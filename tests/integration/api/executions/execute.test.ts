import type { Execution } from '../../../../contract/executions';
import { PATH, withExecutionApi } from './with-execution-api';
import { tokenOfExecution } from '../test-tokens';

const { testApi, token, execute, executeAndRead, get, listItems, insertExecution, tokenWithGrants } =
  withExecutionApi();

test('an execution is returned as requested, with its parameters', async () => {
  const parameters = { message: 'hi', nested: { deep: [1, null, '{{ x }}'] } };

  const response = await execute({
    action_ref: 'core.echo',
    parameters,
    env_vars: { A: '1' },
    unknown: 1,
    status: 'failed',
  });

  const { data } = response.json<{ data: Execution }>();
  expect([response.statusCode, data]).toMatchObject([
    201,
    { action_ref: 'core.echo', status: 'requested', config: parameters, parent: null, result: null, finished_at: null },
  ]);
  expect(data).not.toHaveProperty('env_vars');
  expect((await get(`/${data.id}`)).json()).toMatchObject({ data: { id: data.id, config: parameters } });
});

test('a field that the contract does not name sets no column', async () => {
  const cause = { status: 'completed', rule_ref: 'forged.rule' };

  const { data } = (await execute({ action_ref: 'core.noop', cause })).json<{ data: Execution }>();

  expect(data).toMatchObject({ status: 'requested' });
  expect(await listItems(`?rule_ref=forged.rule`)).toMatchObject({ items: [] });
});

test.each([[undefined], [null], [{}]])('parameters %j are stored as null', async (parameters) => {
  expect((await executeAndRead({ action_ref: 'core.noop', parameters })).config).toBeNull();
});

test('IN-03 parameters named like parts of a prototype are kept', async () => {
  const payload = '{"action_ref":"core.noop","parameters":{"__proto__":{"a":1},"constructor":2}}';
  const headers = { 'content-type': 'application/json' };

  const response = await testApi().send({ method: 'POST', url: `${PATH}/execute`, payload, headers }, token());

  expect([response.statusCode, response.body]).toEqual([
    201,
    expect.stringContaining('"config":{"__proto__":{"a":1},"constructor":2}'),
  ]);
});

test.each([
  [{ action_ref: 'core.nothing' }, 404, '{"error":"Action core.nothing not found","code":"NOT_FOUND"}'],
  [{ action_ref: 5 }, 422, 'action_ref must be a text'],
  [{}, 422, 'action_ref is required'],
  [{ action_ref: 'core.noop', parameters: 'x' }, 422, 'parameters must be an object or null'],
])('executing %j is rejected', async (payload, status, body) => {
  const response = await execute(payload);

  expect([response.statusCode, response.body]).toEqual([status, body]);
});

test('executing needs actions:execute, checked after the action is found', async () => {
  const withoutGrant = await tokenWithGrants([]);
  const onlyRef = (ref: string) =>
    tokenWithGrants([{ resource: 'actions', actions: ['execute'], constraints: { refs: [ref] } }]);
  const broken = await tokenWithGrants([{ resource: 'actions', action: 'execute' }]);
  const executor = await tokenWithGrants([{ resource: 'actions', actions: ['execute'] }]);

  expect((await execute({ action_ref: 'core.nothing' }, withoutGrant)).statusCode).toBe(404);
  for (const as of [withoutGrant, await onlyRef('core.echo'), broken]) {
    const response = await execute({ action_ref: 'core.noop' }, as);
    expect([response.statusCode, response.body]).toEqual([
      403,
      '{"error":"Insufficient permissions: actions:execute","code":"FORBIDDEN"}',
    ]);
  }
  expect((await execute({ action_ref: 'core.noop' }, executor)).statusCode).toBe(201);
  expect((await execute({ action_ref: 'core.noop' }, await onlyRef('core.noop'))).statusCode).toBe(201);
});

test('secret parameters are shown to callers that may decrypt executions', async () => {
  const secrets = { resource: 'executions', actions: ['read', 'decrypt'] };
  const [reader, decrypter] = [
    await tokenWithGrants([{ ...secrets, actions: ['read'] }]),
    await tokenWithGrants([secrets]),
  ];
  await testApi().owner.query(
    `insert into action (ref, param_schema) values ('demo.secret', '{"pw": {"type": "string", "secret": true}}')`,
  );
  const response = await execute({ action_ref: 'demo.secret', parameters: { pw: 'planted', n: 1 } });
  const { data } = response.json<{ data: { id: number; config: object } }>();
  const read = (query: string, token: string) =>
    testApi().call('GET', `/executions/${data.id}${query}`, undefined, token);

  expect(data.config).toEqual({ pw: { $attune_secret: true, redacted: true }, n: 1 });
  expect((await read('', decrypter)).body).not.toContain('planted');
  expect((await read('?include_secret_values=true', reader)).statusCode).toBe(403);
  const shown = (await read('?include_secret_values=true', decrypter)).json<{ data: { config: object } }>();
  expect(shown.data.config).toEqual({ pw: 'planted', n: 1 });
});

test('an execution token has its sets, ends with it, and creates children', async () => {
  const parent = await insertExecution({ action_ref: 'core.noop', status: 'running' });
  const executionToken = (refs: string[]) => tokenOfExecution(parent, refs);

  expect((await execute({ action_ref: 'core.noop' }, await executionToken(['standard']))).statusCode).toBe(403);
  expect(
    (await execute({ action_ref: 'core.noop' }, await executionToken(['core.executor', 'core.nothing']))).statusCode,
  ).toBe(403);
  const child = await execute({ action_ref: 'core.noop' }, await executionToken(['core.executor']));
  expect([child.statusCode, child.json()]).toMatchObject([201, { data: { parent } }]);
  await testApi().owner.query(`update execution set status = 'completed' where id = $1`, [parent]);
  expect((await get('', await executionToken(['core.executor']))).statusCode).toBe(401);
});

test.each([1e308, 2_147_484, 0.01])('a limit of %d seconds is rejected', async (timeout_seconds) => {
  expect((await execute({ action_ref: 'core.noop', timeout_seconds })).statusCode).toBe(422);
});
