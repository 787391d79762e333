import { join } from 'node:path';
import { startPacksTestApi, writeFiles, type PacksTestApi } from './packs-test-api';

let testApi: PacksTestApi;
beforeAll(async () => {
  testApi = await startPacksTestApi();
});
afterAll(() => testApi.close());

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
  const response = await testApi.send({ method, url, ...(payload && { payload }) }, testApi.admin);
  expect([path, response.statusCode < 300 ? 'done' : response.body]).toEqual([path, 'done']);
  return response.json<{ data: Record<string, unknown> }>().data;
}

const register = (version: string) =>
  send('POST', '/packs/register', {
    path: writeFiles(join(testApi.scratch, 'sources', `own-${version}`), ownSchemaPack(version)),
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
  const rejected = await testApi.send({ method: 'POST', url, payload: { inputs: { data: {} } } }, testApi.admin);
  const { id } = await send('POST', '/workflows/own.flow/execute', { inputs: { data: { token: 'planted' } } });

  expect(rejected.json()).toMatchObject({ code: 'INPUT_REQUIRED' });
  expect(await send('GET', `/executions/${String(id)}`)).toMatchObject({
    config: { token: { $attune_secret: true, redacted: true } },
  });
});
