import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeJson } from '../../../contract/json-text/write-json';
import { withApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const testApi = withApi();

const TOKEN = { token: { type: 'string', secret: true, required: true } };

/** A workflow whose action declares parameters that the workflow's file does not. */
const ownSchemaPack = (version: string) => ({
  'pack.yaml': `ref: own\nversion: ${version}\n`,
  'actions/one.yaml': 'ref: own.one\nrunner_type: shell\nentry_point: one.sh\n',
  'actions/one.sh': `echo ${version}\n`,
  'actions/flow.yaml': `ref: own.flow\nworkflow_file: workflows/flow.workflow.yaml\nparameters: ${JSON.stringify(TOKEN)}\n`,
  'actions/workflows/flow.workflow.yaml': 'version: 1.0.0\ntasks:\n  - name: only\n    action: own.one\n',
});

async function send(method: 'GET' | 'POST', path: string, payload?: object): Promise<Record<string, unknown>> {
  const url = `/api/v1${path}`;
  const response = await testApi().send({ method, url, ...(payload && { payload }) }, testApi().admin);
  expect([path, response.statusCode < 300 ? 'done' : response.body]).toEqual([path, 'done']);
  return response.json<{ data: Record<string, unknown> }>().data;
}

const register = (version: string) =>
  send('POST', '/packs/register', {
    path: writeFiles(join(testApi().scratch, 'sources', `own-${version}`), ownSchemaPack(version)),
    force: true,
  });

test('a compile of the shown revision keeps the schema of its action', async () => {
  await register('1.0.0');
  await register('2.0.0');

  await send('POST', '/workflows/own.flow/revisions/1/compile', {});

  expect(await send('GET', '/actions/own.flow')).toMatchObject({ param_schema: TOKEN });
});

test('a strict run validates and redacts by the schema of its action', async () => {
  await register('1.0.0');
  const url = '/api/v1/workflows/own.flow/execute';
  const rejected = await testApi().send({ method: 'POST', url, payload: { inputs: { data: {} } } }, testApi().admin);
  const { id } = await send('POST', '/workflows/own.flow/execute', { inputs: { data: { token: 'planted' } } });

  expect(rejected.json()).toMatchObject({ code: 'INPUT_REQUIRED' });
  expect(await send('GET', `/executions/${String(id)}`)).toMatchObject({
    config: { token: { $attune_secret: true, redacted: true } },
  });
});

/** A definition whose only task runs `core.noop`. */
const named = (name: string) => ({ version: '1', tasks: [{ name, action: 'core.noop' }] });

/** Saves `own.<name>` with one task. */
async function createFlow(name: string): Promise<string> {
  await register('1.0.0');
  const ref = `own.${name}`;
  await send('POST', '/workflows', { ref, pack_ref: 'own', label: name, version: '1.0.0', definition: named('first') });
  return ref;
}

test('a plan has the digest of its ref, definition, schemas and plan', async () => {
  const ref = await createFlow('digested');

  const revision = await send('GET', `/workflows/${ref}/revisions/1`);

  const { definition, param_schema, out_schema, plan, plan_digest } = revision;
  const text = writeJson({ ref, definition, param_schema, out_schema, plan });
  expect(plan_digest).toBe(createHash('sha256').update(text).digest('hex'));
  expect(plan).toMatchObject({ entry: ['first'], order: ['first'] });
});

test('a compile of an older revision leaves the newer one shown', async () => {
  const ref = await createFlow('shown');
  const path = `/workflows/${ref}`;
  await send('POST', `${path}/revisions`, { definition: named('second') });
  await send('POST', `${path}/revisions`, { definition: named('third') });
  await send('POST', `${path}/revisions/3/compile`);

  await send('POST', `${path}/revisions/2/compile`);

  expect(await send('GET', path)).toMatchObject({ revision: 3, definition: named('third') });
  expect(await send('GET', `${path}/revisions/2`)).toMatchObject({ state: 'ready' });
});

test('what is saved with mistakes is an invalid revision with its findings', async () => {
  const ref = await createFlow('mistaken');
  const tasks = [
    { name: 'only', action: 'core.nop', bogus: 1 },
    { name: 'only', action: 'core.noop' },
  ];

  await testApi().call('PUT', `/workflows/${ref}`, { definition: { version: '1', tasks } });

  const { state, findings, plan, plan_digest } = await send('GET', `/workflows/${ref}/revisions/2`);
  expect({ state, plan, plan_digest }).toEqual({ state: 'invalid', plan: null, plan_digest: null });
  expect((findings as { code: string; path: string }[]).map(({ code, path }) => [code, path])).toEqual([
    ['DEFINITION_INVALID', '/tasks/1/name'],
    ['DEFINITION_INVALID', '/tasks/0/bogus'],
    ['ACTION_NOT_FOUND', '/tasks/0/action'],
  ]);
  expect(await send('GET', `/workflows/${ref}`)).toMatchObject({ revision: 2, definition: { tasks } });
  const url = `/api/v1/workflows/${ref}/revisions/2/compile`;
  const refused = await testApi().send({ method: 'POST', url, payload: {} }, testApi().admin);
  expect([refused.statusCode, refused.json()]).toMatchObject([
    422,
    { code: 'DEFINITION_INVALID', details: { findings } },
  ]);
});
