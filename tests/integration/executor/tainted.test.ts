import type { JsonObject } from '../../../contract/json';
import { insertKey, type NewKey } from '../../../platform/store/keys';
import { completed, TENANT, withExecutor } from './stage';

const SESAME = 'open-sesame-41';
const MARKER = { $attune_secret: true, redacted: true };
const stage = withExecutor();

beforeAll(async () => {
  const of = { pack: 1, pack_ref: 'stage', entrypoint: ':', runtime_ref: 'core.shell' };
  const secret = { secret: true, type: 'string' };
  await stage.db().inTenant(TENANT, async (transaction) => {
    const takes = { token: secret, db: { type: 'object', properties: { password: secret } } };
    const rows = [
      { ...of, ref: 'stage.takes', label: 'Takes', param_schema: JSON.stringify(takes) },
      { ...of, ref: 'stage.gives', label: 'Gives', out_schema: JSON.stringify({ code: secret }) },
    ];
    await transaction.insertInto('action').values(rows).execute();
  });
});

const key = (name: string, value: NewKey['value'], encrypted: boolean) =>
  stage.db().inTenant(TENANT, (transaction) => {
    const nobody = { owner_identity: null, owner_pack: null, owner_action: null, owner_sensor: null };
    const wanted = { ref: `test.${name}`, name, value, encrypted, owner_type: 'system' as const, lifetime: null };
    return insertKey(transaction, { tenant: TENANT, owner: nobody, ...wanted });
  });

/** Starts a workflow and lets its first tasks be made. */
const begun = async (name: string, definition: JsonObject, parameters: JsonObject = {}) => {
  const { id } = await stage.request(await stage.workflow(name, { version: '1.0.0', ...definition }), parameters);
  await stage.dispatch();
  await stage.advance(id);
  return id;
};

/** Runs the one task that is ready, and answers what its process would be given. */
const run = async (id: number, result: JsonObject = {}) => {
  await stage.dispatch();
  const [held] = await stage.claim();
  await stage.start(held!);
  await stage.finish(held!, completed(result));
  await stage.advance(id);
  return held!.parameters;
};

/** Everything the database holds of executions, workflows and their log, as text. */
const stored = () =>
  stage.db().inTenant(TENANT, async (transaction) => {
    const tables = ['execution', 'workflow_execution', 'execution_event'] as const;
    const rows = await Promise.all(tables.map((table) => transaction.selectFrom(table).selectAll().execute()));
    return JSON.stringify(rows);
  });

test('a key reaches a secret parameter, by name and by ref, and is stored nowhere in clear', async () => {
  await key('sesame', { word: SESAME, port: 5432 }, true);
  const input = { token: '{{ keystore.sesame.word }}', db: { password: 'a {{ keystore.test.sesame.port }}' } };
  const id = await begun('keys', { tasks: [{ name: 'a', action: 'stage.takes', input }] });

  const [child] = await stage.children(id);
  const given = await run(id);

  expect(child).toMatchObject({ config: { token: MARKER, db: { password: MARKER } } });
  expect(given).toMatchObject({ token: SESAME, db: { password: 'a 5432' } });
  expect(await stage.get(id)).toMatchObject({ status: 'completed' });
  expect(await stored()).not.toContain(SESAME);
});

test('a secret is not given to a parameter that is not declared to take one', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const input = {
    token: '{{ parameters.pass }}',
    db: { host: 'x{{ parameters.pass }}' },
    said: '{{ parameters.pass }}',
  };
  const tasks = [{ name: 'a', action: 'stage.takes', input }];
  const id = await begun('refused', { parameters, tasks }, { pass: SESAME });

  const [child] = await stage.children(id);

  const error = 'Secret value cannot be assigned to non-secret parameter path(s): db.host, said';
  expect(child).toMatchObject({ status: 'failed', started_at: null, result: { code: 'SECRET_PARAMETER', error } });
  expect(await stage.get(id)).toMatchObject({ result: { error: 'Workflow failed: 1 task(s) failed: a' } });
});

test('published secrets stay secret: sealed in the run, redacted in its result, whole for the next task', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const publish = [{ kept: '{{ parameters.pass + "!" }}', plain: '{{ length([1, 2]) }}' }];
  const tasks = [
    { name: 'a', action: 'stage.act', input: { x: 1 }, next: [{ publish, do: ['b'] }] },
    { name: 'b', action: 'stage.takes', input: { token: '{{ workflow.kept }}' } },
  ];
  const output_map = { said: 'it is {{ workflow.kept }}', plain: '{{ workflow.plain }}' };
  const id = await begun('published', { parameters, tasks, output_map }, { pass: SESAME });
  await run(id);
  const { variables, secret_values } = await runOf(id);

  const given = await run(id);

  expect(variables).toEqual({ kept: MARKER, plain: 2 });
  expect(secret_values).toEqual(expect.any(String));
  expect(given).toMatchObject({ token: `${SESAME}!` });
  expect(await stage.get(id)).toMatchObject({ status: 'completed', result: { said: MARKER, plain: 2 } });
  expect(await stored()).not.toContain(SESAME);
});

test('a secret output is redacted in the result and whole for the tasks that follow', async () => {
  const tasks = [
    { name: 'a', action: 'stage.gives', next: [{ do: ['b'] }] },
    { name: 'b', action: 'stage.takes', input: { token: '{{ task.a.result.code }}' }, next: [{ do: ['c'] }] },
    { name: 'c', action: 'stage.act', input: { shown: '{{ task.a.open }}', hidden: '{{ task.a }}' } },
  ];
  const id = await begun('output', { tasks });
  await run(id, { data: { code: SESAME, open: 'seen' } });
  const [first] = await stage.children(id);

  const given = await run(id);

  expect(first?.result).toMatchObject({ data: { code: MARKER, open: 'seen' } });
  expect(given).toMatchObject({ token: SESAME });
  const third = (await stage.children(id))[2];
  expect(third).toMatchObject({ status: 'failed', result: { error: expect.stringMatching(/: hidden\.data\.code/) } });
  expect(await stored()).not.toContain(SESAME);
});

test('what a nested workflow makes of a secret comes back as a secret', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const inner = { parameters, tasks: [{ name: 'i', action: 'stage.act', input: { x: 1 } }] };
  const ref = await stage.workflow('inner', {
    version: '1.0.0',
    ...inner,
    output_map: { out: '{{ parameters.pass }}' },
  });
  await stage.db().inTenant(TENANT, (transaction) =>
    transaction
      .updateTable('action')
      .set({ param_schema: JSON.stringify(parameters) })
      .where('ref', '=', ref)
      .execute(),
  );
  const tasks = [
    { name: 'a', action: ref, input: { pass: '{{ parameters.pass }}' }, next: [{ do: ['b'] }] },
    { name: 'b', action: 'stage.takes', input: { token: '{{ task.a.out }}' } },
  ];
  const id = await begun('outer', { parameters, tasks }, { pass: SESAME });
  await stage.dispatch();
  const [child] = await stage.children(id);
  await stage.advance(child!.id);
  await run(child!.id);
  await stage.advance(id);

  const given = await run(id);

  expect((await stage.get(child!.id)).result).toMatchObject({ out: MARKER });
  expect(given).toMatchObject({ token: SESAME });
  expect(await stored()).not.toContain(SESAME);
});

test('a child without an input is not given secrets that its schema does not declare', async () => {
  const parameters = { pass: { type: 'string', secret: true } };
  const id = await begun('bare', { parameters, tasks: [{ name: 'a', action: 'stage.act' }] }, { pass: SESAME });

  const [child] = await stage.children(id);

  expect(child).toMatchObject({ status: 'failed', result: { error: expect.stringMatching(/path\(s\): pass$/) } });
});

test('a key is read again at each step', async () => {
  const row = await key('turn', 'first', false);
  const input = { token: '{{ keystore.turn }}' };
  const tasks = [
    { name: 'a', action: 'stage.takes', input, next: [{ do: ['b'] }] },
    { name: 'b', action: 'stage.takes', input },
  ];
  const id = await begun('turns', { tasks });
  await stage
    .db()
    .inTenant(TENANT, (transaction) =>
      transaction.updateTable('key').set({ value: '"second"' }).where('id', '=', row.id).execute(),
    );

  expect([await run(id), await run(id)]).toMatchObject([{ token: 'first' }, { token: 'second' }]);
});

const runOf = (id: number) =>
  stage
    .db()
    .inTenant(TENANT, (transaction) =>
      transaction.selectFrom('workflow_execution').selectAll().where('execution', '=', id).executeTakeFirstOrThrow(),
    );
