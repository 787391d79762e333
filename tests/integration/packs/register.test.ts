import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { create as createTar } from 'tar';
import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import { ensureCorePack } from '../../../platform/packs/save/core-pack';
import { removeUnusedPackFiles } from '../../../platform/packs/storage/unused-pack-files';
import { projectRoot } from '../../../platform/base/directories';
import { throwError } from '../../throw-error';
import { withApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const testApi = withApi();

const FLOW = 'version: 1.0.0\ntasks:\n  - name: one\n    action: core.noop\n';
const filesOf = (ref: string, version = '1.0.0') => ({
  'pack.yaml': `ref: ${ref}\nlabel: Files\nversion: ${version}\nconfig: {seed: 1}\n`,
  'actions/one.yaml': `ref: ${ref}.one\nrunner_type: bash\nentry_point: one.sh\ntimeout_seconds: 2.5\nenv_schema: {TARGET: {}}\n`,
  'actions/one.sh': '#!/bin/sh\necho one\n',
  'workflows/flow.yaml': FLOW,
});

const directoryOf = (ref: string, files: Record<string, string>, name = ref) =>
  writeFiles(join(testApi().scratch, 'sources', name), files);
/** A valid pack in the platform's data directory. */
const ownDirectory = (path: string) => writeFiles(join(testApi().scratch, 'data', path), filesOf('own'));
const throughLink = (target: string): string => {
  const link = join(testApi().scratch, 'sources', 'link');
  symlinkSync(dirname(target), link);
  return join(link, basename(target));
};
const get = (url: string) => testApi().call('GET', url);
const register = (path: string, more: object = {}) => testApi().call('POST', '/packs/register', { path, ...more });
const storageOf = async (ref: string) =>
  (await testApi().owner.query<{ storage: string }>('select storage from pack where ref = $1', [ref])).rows[0]?.storage;
const idOf = async (url: string) => (await get(url)).json<{ data: { id: number } }>().data.id;

/** A multipart form with these parts, in this order. */
function form(parts: readonly { name: string; value: string | Buffer }[]) {
  const boundary = 'the-boundary';
  const blocks = parts.flatMap(({ name, value }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${typeof value === 'string' ? '' : '; filename="pack.tar.gz"\r\nContent-Type: application/gzip'}\r\n\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: Buffer.concat([...blocks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}
const upload = (parts: readonly { name: string; value: string | Buffer }[], token = testApi().admin) =>
  testApi().send({ method: 'POST', url: '/api/v1/packs/upload', ...form(parts) }, token);

async function archiveOf(ref: string, files: Record<string, string>): Promise<Buffer> {
  const cwd = directoryOf(ref, files, `${ref}-archive`);
  const file = join(testApi().scratch, `${ref}.tar.gz`);
  await createTar({ file, gzip: true, cwd }, ['.']);
  return readFileSync(file);
}

test('the standard pack keeps its ids when it is registered again', async () => {
  const before = await idOf('/actions/core.echo');

  await ensureCorePack(testApi().owner, { root: projectRoot(), build: null });

  expect(await idOf('/actions/core.echo')).toBe(before);
  const refs = (await get('/packs/core/actions')).json<{ items: { ref: string }[] }>().items.map(({ ref }) => ref);
  expect(refs).toEqual(['core.ask', 'core.echo', 'core.http_request', 'core.noop', 'core.sleep']);
  const runtimes = (await get('/runtimes')).json<{ items: { ref: string }[] }>().items.map(({ ref }) => ref);
  const names = [...RUNTIME_MANIFEST.runtimes.map(({ name }) => name), 'container'];
  expect(runtimes).toEqual(names.map((name) => `core.${name}`).sort());
});

test('the same sources register the standard pack once in a database', async () => {
  const labelAfter = async (build: string | null) => {
    await testApi().owner.query(`update action set label = 'of a test' where ref = 'core.noop'`);
    await ensureCorePack(testApi().owner, { root: projectRoot(), build });
    return (await get('/actions/core.noop')).json<{ data: { label: string } }>().data.label;
  };
  const change = (from: string, to: string) =>
    testApi().owner.query(`update setting set value = replace(value, $1, $2) where name = 'standard_pack'`, [from, to]);

  const [first, another] = [await labelAfter(null), await labelAfter('one')];
  await change('"sources":"', '"sources":"0');
  const [ofOtherSources, again] = [await labelAfter('one'), await labelAfter('one')];
  await change('packs/core ', 'packs/core 0');
  const ofOtherFiles = await labelAfter('one');

  expect(first).not.toBe('of a test');
  expect([another, ofOtherSources, again, ofOtherFiles]).toEqual(['of a test', first, 'of a test', first]);
});

test('a registered pack has its actions, workflows and executable files', async () => {
  const answer = await register(directoryOf('files', filesOf('files')));

  expect([answer.statusCode, answer.json()]).toMatchObject([201, { data: { ref: 'files', config: { seed: 1 } } }]);
  expect((await get('/actions/files.one')).json()).toMatchObject({
    data: { label: 'One', runtime_ref: 'core.shell', entrypoint: 'one.sh', timeout_seconds: 2.5, is_adhoc: false },
  });
  expect((await get('/actions/files.one')).json()).toMatchObject({ data: { env_schema: { TARGET: {} } } });
  const workflow = await idOf('/workflows/files.flow');
  expect((await get('/actions/files.flow')).json()).toMatchObject({ data: { workflow_def: workflow } });
  expect(statSync(join((await storageOf('files'))!, 'actions/one.sh')).mode & 0o777).toBe(0o755);
});

test('a second registration keeps ids and removes undeclared components', async () => {
  await register(directoryOf('again', filesOf('again')));
  const adhoc = { ref: 'again.adhoc', pack_ref: 'again', label: 'Adhoc', entrypoint: 'true' };
  await testApi().call('POST', '/actions', adhoc);
  await testApi().call('PUT', '/packs/again', { config: { mine: 2 } });
  const [pack, action, old] = [await idOf('/packs/again'), await idOf('/actions/again.one'), await storageOf('again')];
  const rest = Object.fromEntries(
    Object.entries(filesOf('again', '2.0.0')).filter(([path]) => path !== 'workflows/flow.yaml'),
  );

  const answer = await register(directoryOf('again', rest, 'again-2'), { force: true });

  expect([answer.statusCode, answer.json()]).toMatchObject([
    201,
    { data: { id: pack, version: '2.0.0', config: { mine: 2 } } },
  ]);
  expect(await idOf('/actions/again.one')).toBe(action);
  const urls = ['/actions/again.adhoc', '/actions/again.flow', '/workflows/again.flow'];
  expect(await Promise.all(urls.map(async (url) => (await get(url)).statusCode))).toEqual([200, 404, 404]);
  expect([existsSync(old!), existsSync((await storageOf('again'))!)]).toEqual([true, true]);
  await removeUnusedPackFiles(testApi().db, throwError);
  expect([existsSync(old!), existsSync((await storageOf('again'))!)]).toEqual([false, true]);
});

test('a second registration keeps what was created through the API', async () => {
  await register(directoryOf('kept', filesOf('kept')));
  const identity = (ref: string) => ({ ref: `kept.${ref}`, pack_ref: 'kept', label: 'By hand' });
  const made: Record<string, object> = {
    actions: { ...identity('action'), entrypoint: 'true' },
    runtimes: { ...identity('runtime'), name: 'By hand', distributions: {}, execution_config: {} },
    triggers: identity('trigger'),
    sensors: {
      ...identity('sensor'),
      entrypoint: 'x.sh',
      runtime_ref: 'core.shell',
      trigger_ref: 'core.alert',
      enabled: false,
    },
    rules: { ...identity('rule'), trigger_ref: 'core.alert', action_ref: 'core.echo', enabled: false },
    workflows: {
      ...identity('hand-flow'),
      version: '1.0.0',
      definition: { version: '1', tasks: [{ name: 'a', action: 'core.noop' }] },
    },
  };
  const paths = Object.entries(made).map(([kind, { ref }]: [string, { ref?: string }]) => `/${kind}/${ref ?? ''}`);
  for (const [kind, payload] of Object.entries(made)) {
    await testApi().call('POST', `/${kind}`, payload);
  }
  const before = await Promise.all(paths.map(async (path) => (await get(path)).statusCode));

  await register(directoryOf('kept', filesOf('kept', '2.0.0'), 'kept-2'), { force: true });

  expect(before).toEqual(paths.map(() => 200));
  expect(await Promise.all(paths.map(async (path) => (await get(path)).statusCode))).toEqual(before);
  expect((await get('/actions/kept.hand-flow')).statusCode).toBe(200);
});

test('a rejected registration does not change the installed pack', async () => {
  await register(directoryOf('firm', filesOf('firm')));
  const [before, storage] = [(await get('/packs/firm')).json<unknown>(), await storageOf('firm')];

  const rejected = await register(directoryOf('firm', filesOf('firm', '3.0.0'), 'firm-3'));

  expect([rejected.statusCode, rejected.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
  expect((await get('/packs/firm')).json()).toEqual(before);
  expect(readFileSync(join(storage!, 'actions/one.sh'), 'utf8')).toContain('echo one');
  expect(readdirSync(join(testApi().packsDirectory, '1', 'firm'))).toHaveLength(1);
});

test('an invalid component is a warning of the registration', async () => {
  const files = { ...filesOf('warned'), 'actions/bad.yaml': 'ref: warned.bad\nentry_point: [1]\n' };

  const answer = await register(directoryOf('warned', files));

  expect(answer.statusCode).toBe(201);
  expect(answer.json<{ message: string }>().message).toContain('actions/bad.yaml:2: entry_point must be text');
  expect((await get('/actions/warned.bad')).statusCode).toBe(404);
});

test('a ref of another pack is not overwritten', async () => {
  const files = {
    'pack.yaml': 'ref: thief\nversion: 1.0.0\n',
    'actions/a.yaml': 'ref: files.one\nentry_point: a.sh\n',
    'actions/b.yaml': 'ref: core.echo\nentry_point: b.sh\n',
  };
  const answer = await register(directoryOf('thief', files));

  const { message } = answer.json<{ message: string }>();
  expect(message).toContain('actions/a.yaml:1: files.one is taken by another pack');
  expect(message).toContain('actions/b.yaml:1: pack core is read-only');
  expect((await get('/actions/core.echo')).json()).toMatchObject({ data: { entrypoint: 'builtin:echo' } });
});

test.each<[string, () => string, number, string | undefined]>([
  ['a missing directory', () => join(testApi().scratch, 'no/such'), 400, 'PACK_NO_DIRECTORY'],
  ['a directory outside the roots', () => '/etc', 400, 'PATH_FORBIDDEN'],
  ['a path out of the roots', () => join(testApi().scratch, 'a') + '/../../../etc', 400, 'PATH_FORBIDDEN'],
  ['a directory without pack.yaml', () => directoryOf('empty', { readme: '' }), 400, 'PACK_NO_MANIFEST'],
  ['the directory of all packs', () => testApi().packsDirectory, 400, 'PATH_FORBIDDEN'],
  ['a pack in the data directory', () => ownDirectory('artifacts/1'), 400, 'PATH_FORBIDDEN'],
  ['a missing path in the data directory', () => join(testApi().scratch, 'data/none'), 400, 'PATH_FORBIDDEN'],
  ['a directory around the data directory', () => testApi().scratch, 400, 'PATH_FORBIDDEN'],
  ['a path through a link into the data directory', () => throughLink(ownDirectory('logs')), 400, 'PATH_FORBIDDEN'],
  ['a manifest without version', () => directoryOf('v', { 'pack.yaml': 'ref: v1' }), 400, 'PACK_BAD_MANIFEST'],
  [
    'an unknown network',
    () => directoryOf('n', { 'pack.yaml': 'ref: n1\nversion: 1.0.0\nnetwork: open' }),
    400,
    'PACK_BAD_MANIFEST',
  ],
  ['an invalid ref', () => directoryOf('r', { 'pack.yaml': 'ref: ..\nversion: 1.0.0' }), 422, undefined],
  [
    'the ref of the standard pack',
    () => directoryOf('c', { 'pack.yaml': 'ref: core\nversion: 1.0.0' }),
    409,
    undefined,
  ],
  [
    'a link out of the pack',
    () => {
      const directory = directoryOf('linked', filesOf('linked'));
      symlinkSync('/etc/passwd', join(directory, 'actions/passwd'));
      return directory;
    },
    400,
    'PACK_UNSAFE_ENTRY',
  ],
])('%s is rejected and leaves no files', async (_what, path, status, reason) => {
  const answer = await register(path());

  const body = answer.json<{ details?: { reason: string } }>();
  expect([answer.statusCode, body.details?.reason]).toEqual([status, reason]);
  expect(readdirSync(join(testApi().packsDirectory, '1')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('an uploaded pack is registered with its fields in any order', async () => {
  const pack = await archiveOf('sent', filesOf('sent'));
  const first = await upload([
    { name: 'pack', value: pack },
    { name: 'skip_tests', value: 'true' },
  ]);
  const conflict = await upload([{ name: 'pack', value: pack }]);
  const forced = await upload([
    { name: 'force', value: 'true' },
    { name: 'pack', value: pack },
  ]);

  expect([first.statusCode, first.json()]).toMatchObject([
    201,
    { data: { pack: { ref: 'sent' }, test_result: null, tests_skipped: true } },
  ]);
  expect([conflict.statusCode, forced.statusCode]).toEqual([409, 201]);
  expect(existsSync((await storageOf('sent'))!)).toBe(true);
});

test.each<[string, readonly { name: string; value: string | Buffer }[], number]>([
  ['a form without the file', [{ name: 'force', value: 'true' }], 400],
  ['a file that is not an archive', [{ name: 'pack', value: Buffer.from('no archive') }], 400],
  [
    'an invalid flag',
    [
      { name: 'pack', value: Buffer.from('x') },
      { name: 'force', value: 'maybe' },
    ],
    400,
  ],
])('%s is rejected and leaves no files', async (_what, parts, status) => {
  const answer = await upload(parts);

  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, 'BAD_REQUEST']);
  expect(readdirSync(join(testApi().packsDirectory, '1')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('an upload needs the grant and a multipart form', async () => {
  const viewer = await testApi().createUser('upload-viewer', 'core.viewer');

  expect((await upload([{ name: 'pack', value: Buffer.from('x') }], viewer)).statusCode).toBe(403);
  const json = { method: 'POST' as const, url: '/api/v1/packs/upload', payload: {} };
  expect((await testApi().send(json, testApi().admin)).statusCode).toBe(415);
});

test('deleting a registered pack removes its files', async () => {
  await register(directoryOf('doomed', filesOf('doomed')));
  const storage = await storageOf('doomed');

  await testApi().call('DELETE', '/packs/doomed');

  await removeUnusedPackFiles(testApi().db, throwError);
  expect(existsSync(storage!)).toBe(false);
  expect(existsSync(join(testApi().packsDirectory, '1', 'doomed'))).toBe(false);
});

test('files that would show a stored secret of the configuration are refused', async () => {
  const config = 'config: {password: planted-4f1c9}\n';
  const pack = (schema: string) => ({
    'pack.yaml': `ref: hidden\nlabel: H\nversion: 1.0.0\nconf_schema: ${schema}\n${config}`,
  });
  const { statusCode } = await register(directoryOf('hidden', pack('{password: {type: string, secret: true}}')));

  const response = await register(directoryOf('hidden', pack('{password: {type: string}}'), 'shown'), { force: true });
  const shown = await get('/packs/hidden');

  const why = 'is a stored secret, and would not be one any more: remove it from the configuration first';
  expect([statusCode, response.statusCode, response.json()]).toMatchObject([
    201,
    422,
    { code: 'VALIDATION_ERROR', error: `config/password ${why}` },
  ]);
  expect(shown.json()).toMatchObject({ data: { config: { password: { redacted: true } } } });
  expect(shown.body).not.toContain('planted-4f1c9');
});
