import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create as createTar } from 'tar';
import { withApi } from '../api/with-api';
import { servePacks, writeFiles } from './pack-source';

const testApi = withApi();
let server: Server;
let served: Buffer;
beforeAll(async () => {
  server = await servePacks(testApi().egressPort, (request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/pack.tar.gz' }).end();
    else if (request.url === '/pack.tar.gz') response.end(served);
    else response.writeHead(404).end();
  });
});
afterAll(() => server.close());

const post = (path: string, payload: object, token = testApi().admin) =>
  testApi().call('POST', `/packs/${path}`, payload, token);
const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const FLOW = 'version: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n';
const directoryOf = (ref: string, more: Record<string, string> = {}) =>
  writeFiles(join(testApi().scratch, 'sources', ref), { 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n`, ...more });

async function archiveOf(ref: string): Promise<Buffer> {
  const file = join(testApi().scratch, `${ref}.tar.gz`);
  await createTar({ file, gzip: true, cwd: directoryOf(ref) }, ['.']);
  return readFileSync(file);
}

test('a pack is installed from an address and replaces an installed one', async () => {
  served = await archiveOf('fetched');

  const answers = [
    await post('install', { source: at('/pack.tar.gz') }),
    await post('install', { source: at('/pack.tar.gz') }),
  ];

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect(answers[1]!.json()).toMatchObject({ data: { pack: { ref: 'fetched' }, tests_skipped: true } });
  const { rows } = await testApi().owner.query<{ installed_by: number | null }>(
    `select installed_by from pack where ref = 'fetched'`,
  );
  expect(rows[0]?.installed_by).not.toBeNull();
});

test.each([
  ['another address', () => 'http://127.0.0.1:1/pack.tar.gz', 'SOURCE_FORBIDDEN'],
  ['a redirect to a metadata address', () => at('/away'), 'SOURCE_FORBIDDEN'],
  ['an address that answers 404', () => at('/nothing'), 'SOURCE_UNREACHABLE'],
  ['a transport that runs a program', () => 'ext::sh -c touch% /tmp/owned', 'SOURCE_FORBIDDEN'],
  ['an option', () => '--upload-pack=touch /tmp/owned', 'SOURCE_FORBIDDEN'],
  ['a file address', () => 'file:///etc', 'SOURCE_FORBIDDEN'],
  ['ssh', () => 'git@example.com:a/b.git', 'SOURCE_FORBIDDEN'],
  ['a repository', () => 'https://example.com/a/b.git', 'SOURCE_FORBIDDEN'],
  ['a directory outside the roots', () => '/etc', 'PATH_FORBIDDEN'],
])('%s is rejected as a source', async (_, source, reason) => {
  const answer = await post('install', { source: source() });

  expect([answer.statusCode, answer.json()]).toMatchObject([400, { code: 'BAD_REQUEST', details: { reason } }]);
  expect(existsSync('/tmp/owned')).toBe(false);
});

test('a batch registers valid packs and reports the others', async () => {
  directoryOf('one', { 'workflows/flow.yaml': FLOW });

  const answer = await post('register-batch', {
    pack_paths: ['one', 'missing'],
    packs_base_dir: join(testApi().scratch, 'sources'),
  });

  expect([answer.statusCode, answer.json()]).toMatchObject([
    200,
    {
      data: {
        registered_packs: [
          { pack_ref: 'one', components_registered: { workflows: 1 }, validation_results: { valid: true } },
        ],
        failed_packs: [{ pack_path: 'missing', error_stage: 'validation' }],
        summary: { total_packs: 2, success_count: 1, failure_count: 1, total_components: 1 },
      },
    },
  ]);
});

test('workflow files are validated, and synced under their ids', async () => {
  const files = {
    'workflows/flow.yaml': FLOW,
    'workflows/broken.yaml': 'version: 1.0.0\ntasks: 7\n',
    'actions/deploy.yaml': 'ref: flows.deploy\nworkflow_file: workflows/deploy.workflow.yaml\n',
    'actions/workflows/deploy.workflow.yaml': FLOW,
  };
  await post('register', { path: directoryOf('flows', files) });
  const ids = async () =>
    (
      await testApi().owner.query<{ ref: string; id: number }>(
        `select ref, id from workflow_definition where pack_ref = 'flows' order by ref`,
      )
    ).rows;
  const before = await ids();
  await testApi().owner.query(`delete from action where ref = 'flows.flow'`);
  await testApi().owner.query(`delete from workflow_definition where ref = 'flows.flow'`);

  const [validated, synced] = [await post('flows/workflows/validate', {}), await post('flows/workflows/sync', {})];

  expect(validated.json()).toMatchObject({
    data: {
      pack_ref: 'flows',
      validated_count: 3,
      error_count: 1,
      errors: { broken: [expect.stringContaining('broken.yaml:2')] },
    },
  });
  expect(synced.json()).toMatchObject({
    data: {
      loaded_count: 2,
      registered_count: 2,
      workflows: [
        {
          ref_name: 'flows.deploy',
          created: false,
          workflow_def_id: before.find(({ ref }) => ref === 'flows.deploy')!.id,
        },
        { ref_name: 'flows.flow', created: true },
      ],
      errors: [expect.stringContaining('broken.yaml:2')],
    },
  });
  expect((await ids()).map(({ ref }) => ref)).toEqual(['flows.deploy', 'flows.flow']);
  expect((await testApi().call('GET', '/actions/flows.flow')).statusCode).toBe(200);
});

test('a sync registers no file whose ref an earlier file has', async () => {
  const plain = (ref: string) => `ref: ${ref}\nentry_point: run.sh\n`;
  const files = {
    'pack.yaml': 'ref: twice\nversion: 1.0.0\n',
    'actions/run.sh': 'echo\n',
    'actions/a.yaml': plain('twice.a'),
    'actions/b.yaml': 'ref: twice.a\nworkflow_file: workflows/b.yaml\n',
    'actions/workflows/b.yaml': FLOW,
    'actions/c.yaml': plain('twice.c'),
    'workflows/c.yaml': FLOW,
  };
  await post('register', { path: directoryOf('twice', files) });

  const synced = await post('twice/workflows/sync', {});

  expect(synced.json()).toMatchObject({ data: { loaded_count: 0, workflows: [], errors: [] } });
});

test('a pack without files has no workflows; an unknown pack is 404', async () => {
  const payload = { ref: 'bare', label: 'Bare', version: '1.0.0' };
  await testApi().call('POST', '/packs', payload);

  expect((await post('bare/workflows/sync', {})).json()).toMatchObject({ data: { loaded_count: 0, workflows: [] } });
  expect((await post('core/workflows/sync', {})).json()).toMatchObject({ data: { loaded_count: 0 } });
  expect((await post('nowhere/workflows/sync', {})).statusCode).toBe(404);
  expect((await post('nowhere/workflows/validate', {})).statusCode).toBe(404);
});

test('a missing grant is reported before the source is read', async () => {
  const viewer = await testApi().createUser('sources-viewer', 'core.viewer');

  const paths = ['install', 'register-batch'];
  const bodies = [{ source: 'http://127.0.0.1:1/' }, { pack_paths: ['/etc'] }];
  const answers = await Promise.all(paths.map((path, n) => post(path, bodies[n]!, viewer)));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403]);
});
