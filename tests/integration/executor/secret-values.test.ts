import type { JsonObject } from '../../../contract/json';
import { insertKey, type NewKey } from '../../../platform/store/secrets/keys';
import { completed, TENANT, withExecutor } from './with-executor';

const SECRET_VALUE = 'open-sesame-41';
/** Written in a definition, which is stored as it is. */
const LITERAL = 'literal-sesame-7';
const MARKER = { $attune_secret: true, redacted: true };
const testPlatform = withExecutor();
const { startWorkflow } = testPlatform;

beforeAll(async () => {
  const of = { pack: 1, pack_ref: 'test', entrypoint: ':', runtime_ref: 'core.shell' };
  const secret = { secret: true, type: 'string' };
  await testPlatform.db().inTenant(TENANT, async (transaction) => {
    const takesSchema = { token: secret, db: { type: 'object', properties: { password: secret } } };
    const lists = { type: 'array', items: { type: 'object', properties: { code: secret } } };
    const rows = [
      { ...of, ref: 'test.takes', label: 'Takes', param_schema: JSON.stringify(takesSchema) },
      { ...of, ref: 'test.gives', label: 'Gives', out_schema: JSON.stringify({ code: secret }) },
      { ...of, ref: 'test.lists', label: 'Lists', out_schema: JSON.stringify(lists) },
    ];
    await transaction.insertInto('action').values(rows).execute();
  });
});

const insertTestKey = (name: string, value: NewKey['value'], encrypted: boolean) =>
  testPlatform.db().inTenant(TENANT, (transaction) => {
    const noOwner = { owner_identity: null, owner_pack: null, owner_action: null, owner_sensor: null };
    const request = { ref: `test.${name}`, name, value, encrypted, owner_type: 'system' as const, lifetime: null };
    return insertKey(transaction, { tenant: TENANT, owner: noOwner, ...request });
  });

/** Starts a workflow and inserts its first tasks. */
/** Runs the one ready task. Returns the parameters of its process. */
const runReadyTask = async (id: number, result: JsonObject = {}, stdoutTail = '') => {
  await testPlatform.dispatch();
  const [held] = await testPlatform.claim();
  await testPlatform.start(held!);
  await testPlatform.finish(held!, { ...completed(result), stdoutTail });
  await testPlatform.advance(id);
  return held!.parameters;
};

/** All rows of executions, workflow runs and the log, as text. */
const storedText = () =>
  testPlatform.db().inTenant(TENANT, async (transaction) => {
    const tables = ['execution', 'workflow_execution', 'execution_event'] as const;
    const rows = await Promise.all(tables.map((table) => transaction.selectFrom(table).selectAll().execute()));
    return JSON.stringify(rows);
  });

test('DS-01 a key for a secret parameter is stored nowhere as plain text', async () => {
  await insertTestKey('sesame', { word: SECRET_VALUE, port: 5432 }, true);
  const input = { token: '{{ keystore.sesame.word }}', db: { password: 'a {{ keystore.test.sesame.port }}' } };
  const id = await startWorkflow('keys', { tasks: [{ name: 'a', action: 'test.takes', input }] });

  const [child] = await testPlatform.children(id);
  const given = await runReadyTask(id);

  expect(child).toMatchObject({ config: { token: MARKER, db: { password: MARKER } } });
  expect(given).toMatchObject({ token: SECRET_VALUE, db: { password: 'a 5432' } });
  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed' });
  expect(await storedText()).not.toContain(SECRET_VALUE);
});

/** Creates a workflow whose action alone declares schemas, and starts it. */
const startUnderAction = async (name: string, definition: JsonObject, schemas: JsonObject, parameters: JsonObject) => {
  const ref = await testPlatform.createWorkflow(name, definition);
  await testPlatform
    .db()
    .inTenant(TENANT, (transaction) => transaction.updateTable('action').set(schemas).where('ref', '=', ref).execute());
  return testPlatform.requestAndAdvance(ref, parameters);
};

test('what the action of a workflow declares secret is secret in the run', async () => {
  const tasks = [{ name: 'a', action: 'test.gives', input: { word: '{{ parameters.pass }}' } }];
  const declared = { param_schema: JSON.stringify({ pass: { type: 'string', secret: true } }) };
  const id = await startUnderAction('of-action', { tasks }, declared, { pass: SECRET_VALUE });

  const [child] = await testPlatform.children(id);
  const error = 'Secret value cannot be assigned to non-secret parameter path(s): word';
  expect(child).toMatchObject({ status: 'failed', result: { error: expect.stringContaining(error) as string } });
});

test('what a definition declares as its secret output is redacted', async () => {
  const tasks = [{ name: 'a', action: 'test.gives', when: 'false' }];
  const output = { code: { type: 'string', secret: true } };
  const id = await startWorkflow('own-output', { tasks, output, output_map: { code: LITERAL, plain: 'seen' } });

  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed', result: { code: MARKER, plain: 'seen' } });
});

test('what the action of a workflow declares secret is redacted in its result', async () => {
  const tasks = [{ name: 'a', action: 'test.gives', when: 'false' }];
  const declared = { out_schema: JSON.stringify({ code: { type: 'string', secret: true } }) };
  const id = await startUnderAction('output-of-action', { tasks, output_map: { code: LITERAL } }, declared, {});

  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed', result: { code: MARKER } });
});

test('an execution with the sealed values of another one is not started', async () => {
  const tasks = ['a', 'b'].map((name) => ({ name, action: 'test.takes', input: { token: '{{ parameters.pass }}' } }));
  const parameters = { pass: { type: 'string', secret: true } };
  const id = await startWorkflow('moved', { parameters, tasks }, { pass: SECRET_VALUE });
  const [first, second] = await testPlatform.children(id);
  await testPlatform.db().inTenant(TENANT, (transaction) => {
    const sealed = transaction.selectFrom('execution').select('secret_values').where('id', '=', first!.id);
    return transaction.updateTable('execution').set({ secret_values: sealed }).where('id', '=', second!.id).execute();
  });

  await testPlatform.dispatch();
  const held = await testPlatform.claim();

  expect(held.map(({ execution, problem, parameters: { token } }) => ({ execution, problem, token }))).toEqual([
    { execution: first!.id, problem: null, token: SECRET_VALUE },
    { execution: second!.id, problem: expect.stringMatching(/^SECRET_UNAVAILABLE: /) as string },
  ]);
});

test('TP-06 a secret for a parameter not declared secret fails the task', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const input = {
    token: '{{ parameters.pass }}',
    db: { host: 'x{{ parameters.pass }}' },
    message: '{{ parameters.pass }}',
  };
  const tasks = [{ name: 'a', action: 'test.takes', input }];
  const id = await startWorkflow('rejected', { parameters, tasks }, { pass: SECRET_VALUE });

  const [child] = await testPlatform.children(id);

  const error = 'Secret value cannot be assigned to non-secret parameter path(s): db.host, message';
  expect(child).toMatchObject({ status: 'failed', started_at: null, result: { code: 'SECRET_PARAMETER', error } });
  expect(await testPlatform.get(id)).toMatchObject({ result: { error: 'Workflow failed: 1 task(s) failed: a' } });
});

test('a published secret is sealed, redacted in results and usable by tasks', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const publish = [{ kept: '{{ parameters.pass + "!" }}', plain: '{{ length([1, 2]) }}' }];
  const tasks = [
    { name: 'a', action: 'test.act', input: { x: 1 }, next: [{ publish, do: ['b'] }] },
    { name: 'b', action: 'test.takes', input: { token: '{{ workflow.kept }}' } },
  ];
  const output_map = { message: 'it is {{ workflow.kept }}', plain: '{{ workflow.plain }}' };
  const id = await startWorkflow('published', { parameters, tasks, output_map }, { pass: SECRET_VALUE });
  await runReadyTask(id);
  const { variables, secret_values } = await workflowRunOf(id);

  const given = await runReadyTask(id);

  expect(variables).toEqual({ kept: MARKER, plain: 2 });
  expect(secret_values).toEqual(expect.any(String));
  expect(given).toMatchObject({ token: `${SECRET_VALUE}!` });
  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed', result: { message: MARKER, plain: 2 } });
  expect(await storedText()).not.toContain(SECRET_VALUE);
});

test('a secret output is redacted in the result and usable by later tasks', async () => {
  const tasks = [
    { name: 'a', action: 'test.gives', next: [{ do: ['b'] }] },
    { name: 'b', action: 'test.takes', input: { token: '{{ task.a.result.code }}' }, next: [{ do: ['c'] }] },
    { name: 'c', action: 'test.act', input: { shown: '{{ task.a.open }}', hidden: '{{ task.a }}' } },
  ];
  const id = await startWorkflow('output', { tasks });
  await runReadyTask(id, { data: { code: SECRET_VALUE, open: 'seen' } });
  const [first] = await testPlatform.children(id);

  const given = await runReadyTask(id);

  expect(first?.result).toMatchObject({ data: { code: MARKER, open: 'seen' } });
  expect(given).toMatchObject({ token: SECRET_VALUE });
  const third = (await testPlatform.children(id))[2];
  expect(third).toMatchObject({ status: 'failed', result: { error: expect.stringMatching(/: hidden\.data\.code/) } });
  expect(await storedText()).not.toContain(SECRET_VALUE);
});

test('what a program prints as text is redacted where it is declared secret', async () => {
  const input = { token: '{{ task.a.code }}', open: '{{ task.a.open }}' };
  const tasks = [
    { name: 'a', action: 'test.gives', next: [{ do: ['b'] }] },
    { name: 'b', action: 'test.takes', input, next: [{ do: ['c'] }] },
    { name: 'c', action: 'test.act', input: { hidden: '{{ task.a.code }}' } },
  ];
  const id = await startWorkflow('printed', { tasks });
  const stdout = JSON.stringify({ code: SECRET_VALUE, open: 'seen' });
  await runReadyTask(id, { stdout }, stdout);
  const [first] = await testPlatform.children(id);

  const given = await runReadyTask(id);

  expect(first?.result).toEqual({ succeeded: true, exit_code: 0, data: { code: MARKER, open: 'seen' } });
  expect(given).toMatchObject({ token: SECRET_VALUE, open: 'seen' });
  const third = (await testPlatform.children(id))[2];
  expect(third).toMatchObject({ status: 'failed', result: { error: expect.stringMatching(/: hidden$/) } });
  expect(await storedText()).not.toContain(SECRET_VALUE);
});

test.each(['test.gives', 'test.lists'])(
  'the secrets in each element of an output of %s are redacted',
  async (action) => {
    const id = await startWorkflow(`elements-${action.slice(5)}`, { tasks: [{ name: 'a', action }] });

    await runReadyTask(id, { data: [{ code: SECRET_VALUE, open: 'seen' }, { open: 'too' }] });

    const [only] = await testPlatform.children(id);
    expect(only?.result).toMatchObject({ data: [{ code: MARKER, open: 'seen' }, { open: 'too' }] });
    expect(await storedText()).not.toContain(SECRET_VALUE);
  },
);

test('literal secrets of a definition reach the process and no execution', async () => {
  const secret = { type: 'string', secret: true };
  const hosts = { type: 'array', items: { properties: { name: {}, pin: secret } } };
  const values = [{ name: 'a', pin: LITERAL }];
  const param_schema = JSON.stringify({ token: { ...secret, default: LITERAL }, hosts });
  await testPlatform
    .db()
    .inTenant(TENANT, (transaction) =>
      transaction
        .insertInto('action')
        .values({ pack: 1, pack_ref: 'test', entrypoint: ':', ref: 'test.literals', label: 'L', param_schema })
        .execute(),
    );
  const id = await startWorkflow('literal', {
    parameters: { hosts: { ...hosts, default: values } },
    tasks: [{ name: 'a', action: 'test.literals', input: { hosts: '{{ parameters.hosts }}' } }],
    output_map: { code: LITERAL, plain: 'seen' },
  });
  const out_schema = JSON.stringify({ code: secret });
  await testPlatform
    .db()
    .inTenant(TENANT, (transaction) =>
      transaction.updateTable('workflow_definition').set({ out_schema }).where('ref', '=', 'test.literal').execute(),
    );
  const [child] = await testPlatform.children(id);
  await testPlatform.dispatch();
  const [held] = await testPlatform.claim();

  expect(child!.config).toEqual({ hosts: [{ name: 'a', pin: MARKER }] });
  expect(held!.parameters).toMatchObject({ token: LITERAL, hosts: values });
  expect(held!.secrets.filter((value) => value === LITERAL)).toHaveLength(2);
  await testPlatform.start(held!);
  await testPlatform.finish(held!, completed());
  await testPlatform.advance(id);
  expect(await testPlatform.get(id)).toMatchObject({ status: 'completed', result: { code: MARKER, plain: 'seen' } });
});

test('a secret in the output of a nested workflow stays secret', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const inner = { parameters, tasks: [{ name: 'i', action: 'test.act', input: { x: 1 } }] };
  const ref = await testPlatform.createWorkflow('inner', {
    ...inner,
    output_map: { out: '{{ parameters.pass }}' },
  });
  await testPlatform.db().inTenant(TENANT, (transaction) =>
    transaction
      .updateTable('action')
      .set({ param_schema: JSON.stringify(parameters) })
      .where('ref', '=', ref)
      .execute(),
  );
  const tasks = [
    { name: 'a', action: ref, input: { pass: '{{ parameters.pass }}' }, next: [{ do: ['b'] }] },
    { name: 'b', action: 'test.takes', input: { token: '{{ task.a.out }}' } },
  ];
  const id = await startWorkflow('outer', { parameters, tasks }, { pass: SECRET_VALUE });
  await testPlatform.dispatch();
  const [child] = await testPlatform.children(id);
  await testPlatform.advance(child!.id);
  await runReadyTask(child!.id);
  await testPlatform.advance(id);

  const given = await runReadyTask(id);

  expect((await testPlatform.get(child!.id)).result).toMatchObject({ out: MARKER });
  expect(given).toMatchObject({ token: SECRET_VALUE });
  expect(await storedText()).not.toContain(SECRET_VALUE);
});

test('a child without input gets no secret that its schema does not declare', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const id = await startWorkflow(
    'bare',
    { parameters, tasks: [{ name: 'a', action: 'test.act' }] },
    { pass: SECRET_VALUE },
  );

  const [child] = await testPlatform.children(id);

  expect(child).toMatchObject({ status: 'failed', result: { error: expect.stringMatching(/path\(s\): pass$/) } });
});

test('a key is read again at each step', async () => {
  const row = await insertTestKey('turn', 'first', false);
  const input = { token: '{{ keystore.turn }}' };
  const tasks = [
    { name: 'a', action: 'test.takes', input, next: [{ do: ['b'] }] },
    { name: 'b', action: 'test.takes', input },
  ];
  const id = await startWorkflow('turns', { tasks });
  await testPlatform
    .db()
    .inTenant(TENANT, (transaction) =>
      transaction.updateTable('key').set({ value: '"second"' }).where('id', '=', row.id).execute(),
    );

  expect([await runReadyTask(id), await runReadyTask(id)]).toMatchObject([{ token: 'first' }, { token: 'second' }]);
});

test('a secret default is no part of what a child without input gets', async () => {
  const parameters = { pass: { type: 'string', secret: true, default: SECRET_VALUE } };
  for (const given of [{}, { pass: null }, { other: 1 }]) {
    const name = `with-default-${Object.keys(given).join('')}`;
    const id = await startWorkflow(name, { parameters, tasks: [{ name: 'a', action: 'test.act' }] }, given);

    expect(await testPlatform.children(id)).toMatchObject([{ config: given, result: null }]);
  }
});

const workflowRunOf = (id: number) =>
  testPlatform
    .db()
    .inTenant(TENANT, (transaction) =>
      transaction.selectFrom('workflow_execution').selectAll().where('execution', '=', id).executeTakeFirstOrThrow(),
    );
