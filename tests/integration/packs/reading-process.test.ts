import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { create as createTar } from 'tar';
import { withApi } from '../api/with-api';
import { servePacks, writeFiles } from './pack-source';

const testApi = withApi();
let server: Server;
let archive: Buffer;
const parsed = jest.spyOn(jest.requireActual<typeof import('yaml')>('yaml'), 'parseDocument');
const decoded = jest.spyOn(TextDecoder.prototype, 'decode');
const REQUIREMENT = 'six==1.17.0\n';

beforeAll(async () => {
  const file = join(testApi().scratch, 'sent.tar.gz');
  await createTar({ file, gzip: true, cwd: pack('sent') }, ['.']);
  archive = readFileSync(file);
  server = await servePacks(testApi().egressPort, (_request, response) => response.end(archive));
  await post('register', { path: pack('kept') });
});
afterAll(() => server.close());

const pack = (ref: string) =>
  writeFiles(join(testApi().scratch, 'sources', ref), {
    'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`,
    'requirements.txt': REQUIREMENT,
    'workflows/flow.yaml': 'version: 1.0.0\ntasks: [{name: one, action: core.noop}]\n',
  });
const post = (path: string, payload?: object) => testApi().call('POST', `/packs/${path}`, payload);
const upload = (bytes: Buffer) => {
  const head = '--b\r\ncontent-disposition: form-data; name="pack"; filename="p"\r\n\r\n';
  const payload = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]);
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  return testApi().send({ method: 'POST', url: '/api/v1/packs/upload', headers, payload }, testApi().admin);
};
const file = {
  name: 'written',
  pack_ref: 'kept',
  label: 'Written',
  version: '1.0.0',
  definition: { tasks: [{ name: 'one', action: 'core.noop' }] },
};
const address = () => `http://127.0.0.1:${testApi().egressPort}/p`;

test.each([
  ['an upload', 201, () => upload(archive)],
  ['a registration of a directory', 201, () => post('register', { path: pack('named') })],
  ['a registration of several', 200, () => post('register-batch', { pack_paths: [pack('several')] })],
  ['an installation', 200, () => post('install', { source: address() })],
  ['a download', 200, () => post('download', { packs: [address()], destination_dir: '/' })],
  ['an analysis of dependencies', 200, () => post('dependencies', { pack_paths: [pack('named')] })],
  ['a search for environments', 200, () => post('build-envs', { pack_paths: [pack('named')] })],
  ['a request for tests', 400, () => post('kept/test')],
  ['a validation of workflows', 200, () => post('kept/workflows/validate')],
  ['a sync of workflows', 200, () => post('kept/workflows/sync')],
  ['a written workflow', 201, () => post('kept/workflow-files', file)],
])('%s parses nothing in the process of the API', async (_, status, request) => {
  parsed.mockClear();
  decoded.mockClear();

  const response = await request();

  const requirements = decoded.mock.results.filter(({ value }) => value === REQUIREMENT);
  expect([response.statusCode, parsed.mock.calls.length, requirements.length]).toEqual([status, 0, 0]);
});

test('a rejected pack has the place of the mistake', async () => {
  const directory = writeFiles(join(testApi().scratch, 'sources', 'wrong'), {
    'pack.yaml': 'ref: wrong\nversion: [\n',
  });

  const response = await post('register', { path: directory });

  expect([response.statusCode, response.json()]).toMatchObject([
    400,
    {
      error: expect.stringMatching(/^pack\.yaml:\d: YAML/) as unknown,
      code: 'BAD_REQUEST',
      details: { reason: 'PACK_BAD_MANIFEST', path: 'pack.yaml' },
    },
  ]);
});
