import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { create as createTar } from 'tar';
import { sha256Hex } from '../../../platform/store/database/sha256';
import { withApi } from '../api/with-api';
import { servePacks, writeFiles } from './pack-source';

const testApi = withApi();
let server: Server;
let served: Buffer;
beforeAll(async () => {
  server = await servePacks(testApi().egressPort, (request, response) => {
    if (request.url === '/pack.tar.gz') response.end(served);
    else response.writeHead(404).end();
  });
});
afterAll(() => server.close());

const post = (path: string, payload: object, token = testApi().admin) =>
  testApi().call('POST', `/packs/${path}`, payload, token);
const source = (ref: string, manifest = '', files: Record<string, string> = {}) =>
  writeFiles(join(testApi().scratch, 'sources', ref), {
    'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n${manifest}`,
    ...files,
  });
const at = (path: string) => `http://127.0.0.1:${testApi().egressPort}${path}`;

test('a downloaded pack is not installed and can be registered', async () => {
  const file = join(testApi().scratch, 'far.tar.gz');
  await createTar({ file, gzip: true, cwd: source('far') }, ['.']);
  served = readFileSync(file);

  const answer = await post('download', { packs: [at('/pack.tar.gz'), at('/none')], destination_dir: '/etc' });
  const { data } = answer.json<{ data: { downloaded_packs: { pack_path: string }[] } }>();
  const absent = await testApi().call('GET', '/packs/far');
  const registered = await post('register', { path: data.downloaded_packs[0]!.pack_path });

  expect(data).toMatchObject({
    downloaded_packs: [{ pack_ref: 'far', pack_version: '1.0.0', checksum: sha256Hex(served) }],
    failed_packs: [{ source: at('/none'), error: 'the source answered 404' }],
    total_count: 2,
    success_count: 1,
    failure_count: 1,
  });
  expect([absent.statusCode, registered.statusCode]).toEqual([404, 201]);
});

test.each([
  ['a metadata address', 'http://169.254.169.254/pack.tar.gz'],
  ['a file address', 'file:///etc'],
  ['an option', '--upload-pack=touch /tmp/owned'],
  ['a directory of the server', '/etc'],
])('%s is not downloaded, and nothing is left', async (_, address) => {
  const home = join(testApi().scratch, 'data', 'incoming', 'downloads-1');
  const before = existsSync(home) ? readdirSync(home) : [];

  const answer = await post('download', { packs: [address], destination_dir: '' });

  const { data } = answer.json<{ data: { failed_packs: { error: string }[] } }>();
  expect(data).toMatchObject({ success_count: 0, failed_packs: [{ source: address }] });
  expect(existsSync(home) ? readdirSync(home) : []).toEqual(before);
});

test('dependencies are resolved among the directories and installed packs', async () => {
  await post('register', { path: source('base') });
  const app = source('app', 'dependencies: ["base@^2.0.0", "lib", "gone>=1.0.0", "Not A Ref"]\n', {
    'requirements.txt': 'requests\n',
  });

  const answer = await post('dependencies', { pack_paths: [app, source('lib'), '/nowhere'] });

  const required = (pack_ref: string, version_spec: string, already_installed = false) => ({
    pack_ref,
    version_spec,
    required_by: 'app',
    already_installed,
  });
  const { data } = answer.json<{ data: { errors: { pack_path: string }[] } }>();
  expect(data).toMatchObject({
    dependencies: [required('base', '^2.0.0', true), required('lib', '*'), required('gone', '>=1.0.0')],
    missing_dependencies: [required('gone', '>=1.0.0')],
    conflicts: [{ pack_ref: 'base', version_spec: '^2.0.0', required_by: 'app', present_version: '1.0.0' }],
    runtime_requirements: { app: { python: { version: null, requirements_file: 'requirements.txt' }, nodejs: null } },
    analyzed_packs: [
      { pack_ref: 'app', dependency_count: 3 },
      { pack_ref: 'lib', has_dependencies: false },
    ],
  });
  expect(data.errors.map(({ pack_path }) => pack_path)).toEqual(['/nowhere', app]);
});

test('the environments of a directory are detected and not built', async () => {
  const both = source('both', '', { 'requirements.txt': 'requests\n', 'package.json': '{}' });

  const whole = await post('build-envs', { pack_paths: [both, '/nowhere'] });
  const part = await post('build-envs', { pack_paths: [both], skip_python: true });

  expect(whole.json()).toMatchObject({
    data: {
      built_environments: [{ pack_ref: 'both', environments: { python: {}, nodejs: {} } }],
      failed_environments: [{ pack_path: '/nowhere' }],
      summary: { total_packs: 2, success_count: 1, failure_count: 1, python_envs_built: 1, nodejs_envs_built: 1 },
    },
  });
  expect(part.json()).toMatchObject({ data: { summary: { python_envs_built: 0, nodejs_envs_built: 1 } } });
  const { rows } = await testApi().owner.query('select 1 from environment');
  expect(rows).toEqual([]);
});

test('directories and addresses are read only with the right to install', async () => {
  const token = await testApi().createUser('reader@example.test', 'core.viewer');
  const answers = [
    await post('download', { packs: [at('/pack.tar.gz')], destination_dir: '' }, token),
    await post('dependencies', { pack_paths: [source('app')] }, token),
    await post('build-envs', { pack_paths: [source('app')] }, token),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403]);
});
