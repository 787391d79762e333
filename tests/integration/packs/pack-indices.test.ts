import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { join } from 'node:path';
import { create as createTar } from 'tar';
import type { PackIndex } from '../../../contract/pack-indices';
import { REDACTED } from '../../../contract/json';
import { sha256Hex } from '../../../platform/store/database/sha256';
import { createOtherTenant } from '../api/grant-holder';
import { withApi } from '../api/with-api';
import { servePacks, writeFiles } from './pack-source';
import { tokenOfIdentity } from '../api/test-tokens';

const testApi = withApi();
let server: Server;
let received: IncomingHttpHeaders;
let requested: string[] = [];
const served = new Map<string, Buffer | string>();
beforeAll(async () => {
  server = await servePacks(testApi().egressPort, (request, response) => {
    received = request.headers;
    requested.push(request.url ?? '');
    const body = served.get(request.url ?? '');
    if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
});
afterAll(() => server.close());
afterEach(() => testApi().owner.query('delete from pack_index'));

const PATH = '/api/v1/pack-indices';
const CREDENTIALS = 'user:word';
const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path = '', payload?: object, token = testApi().admin) =>
  testApi().send({ method, url: `${PATH}${path}`, ...(payload && { payload }) }, token);
const at = (path: string) => `http://127.0.0.1:${testApi().egressPort}${path}`;
const create = async (payload: object) => (await send('POST', '', payload)).json<{ data: PackIndex }>().data;
const serveIndex = (path: string, ...packs: object[]) => served.set(path, JSON.stringify({ packs }));
const entry = (ref: string, more: object = {}) => ({ ref, version: '1.0.0', label: ref, ...more });
const refsFound = async (query: string) =>
  (await send('GET', `/packs${query}`)).json<{ data: { pack: { ref: string } }[] }>().data.map(({ pack }) => pack.ref);

/** Serves the archive of a pack; `checksum`: as the index states it, by default the right one. */
async function serveArchive(ref: string, checksum?: string): Promise<object> {
  const cwd = writeFiles(join(testApi().scratch, 'sources', ref), { 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\n` });
  const file = join(testApi().scratch, `${ref}.tar.gz`);
  await createTar({ file, gzip: true, cwd }, ['.']);
  const bytes = readFileSync(file);
  served.set(`/${ref}.tar.gz`, bytes);
  const source = { type: 'archive', url: at(`/${ref}.tar.gz`), checksum: checksum ?? `sha256:${sha256Hex(bytes)}` };
  return entry(ref, { install_sources: [{ type: 'git', url: 'https://example.com/x.git' }, source] });
}

test('indices are listed by position and changed one by one', async () => {
  const last = await create({ url: at('/b.json'), position: 5 });
  const appended = await create({ url: at('/c.json'), name: 'third' });
  const first = await create({ url: at('/a.json'), position: 0, enabled: false });

  const changed = await send('PUT', `/${last.id}`, { name: 'second', position: 3 });
  const removed = await send('DELETE', `/${appended.id}`);
  const list = (await send('GET')).json<{ data: PackIndex[] }>().data;

  expect(changed.json()).toMatchObject({ data: { id: last.id, name: 'second', position: 3, url: at('/b.json') } });
  expect(removed.json()).toEqual({ success: true, message: `Pack index ${appended.id} deleted` });
  expect(list.map(({ id, position, enabled }) => [id, position, enabled])).toEqual([
    [first.id, 0, false],
    [last.id, 3, true],
  ]);
  expect(Object.keys(first).sort()).toEqual([
    ...['created', 'enabled', 'headers', 'id', 'name', 'position', 'updated', 'url'],
  ]);
});

test('headers are sealed, redacted, kept and sent', async () => {
  serveIndex('/private.json', entry('hidden'));
  const { id, headers } = await create({ url: at('/private.json'), headers: { authorization: 'Bearer s3cret' } });

  const kept = await send('PUT', `/${id}`, { headers: { authorization: REDACTED, 'x-more': 'yes' } });
  const found = await refsFound('');

  expect([headers, kept.json<{ data: PackIndex }>().data.headers]).toEqual([
    { authorization: REDACTED },
    { authorization: REDACTED, 'x-more': REDACTED },
  ]);
  expect([received.authorization, received['x-more'], found]).toEqual(['Bearer s3cret', 'yes', ['hidden']]);
  const { rows } = await testApi().owner.query<{ text: string }>('select pack_index::text as text from pack_index');
  expect(rows[0]!.text).not.toContain('s3cret');
});

test('headers are not sent to another server after a change of the address', async () => {
  const { id } = await create({ url: 'https://index.example.com/x', headers: { authorization: 'Bearer s3cret' } });
  serveIndex('/moved.json');

  await send('PUT', `/${id}`, { url: at('/moved.json') });
  await send('GET', '/packs');

  expect(received.authorization).toBeUndefined();
});

test.each([
  ['in the link-local range', 'http://169.254.169.254/x'],
  ['of the loopback', 'http://localhost:1/x'],
  ['of a file', 'file:///etc/passwd'],
  ['without a scheme', '/etc/passwd'],
  ['with a password', `https://${CREDENTIALS}@example.com/x`],
])('an address %s is rejected', async (_case, url) => {
  const answer = await send('POST', '', { url });

  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    { code: 'BAD_REQUEST', details: { reason: 'SOURCE_FORBIDDEN' } },
  ]);
  expect((await send('GET')).json()).toEqual({ data: [] });
});

test.each([[{ 'bad name': 'x' }], [{ ok: 1 }], [{ ok: 'a\nb' }], [{ ok: REDACTED }]])(
  'the headers %j are rejected',
  async (headers) => {
    const answer = await send('POST', '', { url: at('/x'), headers });
    expect([answer.statusCode, answer.json()]).toMatchObject([422, { code: 'VALIDATION_ERROR' }]);
  },
);

test('a search reads the enabled indices and names those it cannot read', async () => {
  serveIndex('/one.json', entry('alpha', { description: 'Sends MAIL' }), entry('beta', { keywords: ['mail'] }));
  serveIndex('/two.json', entry('gamma'));
  served.set('/broken.json', '{"packs": [{"ref": "No Ref"}]}');
  const one = await create({ url: at('/one.json'), name: 'one' });
  const two = await create({ url: at('/two.json'), enabled: false });
  const broken = await create({ url: at('/broken.json') });

  expect(await refsFound('?q=mail')).toEqual(['alpha', 'beta']);
  expect(await refsFound('?include_disabled=true')).toEqual(['alpha', 'beta', 'gamma']);
  expect(await refsFound(`?include_disabled=true&registry_id=${two.id}`)).toEqual(['gamma']);
  expect((await send('GET', '/packs')).json()).toMatchObject({
    message: `index ${broken.id} could not be read: the document is not an index of packs`,
  });
  expect((await send('GET', '/packs/beta')).json()).toEqual({
    data: {
      pack: entry('beta', { keywords: ['mail'] }),
      registry: { id: one.id, name: 'one', url: at('/one.json') },
    },
  });
  const unread = `index ${broken.id} could not be read: the document is not an index of packs`;
  const missing = { code: 'NOT_FOUND', error: `Pack 'gamma' not found; ${unread}` };
  const payload = { source: 'gamma' };
  const installed = await testApi().call('POST', '/packs/install', payload);
  const shown = await send('GET', '/packs/gamma');
  expect([shown.statusCode, installed.statusCode]).toEqual([404, 404]);
  expect([shown.json(), installed.json()]).toMatchObject([missing, missing]);
});

test('a pack is installed by its ref from the first index that names it', async () => {
  serveIndex('/first.json', await serveArchive('indexed'));
  serveIndex('/second.json', entry('indexed'));
  await create({ url: at('/first.json') });
  await create({ url: at('/second.json') });
  const install = (source: string) => testApi().call('POST', '/packs/install', { source });

  const [found, missing] = [await install('indexed'), await install('unknown')];

  expect([found.statusCode, found.json()]).toMatchObject([200, { data: { pack: { ref: 'indexed' } } }]);
  expect([missing.statusCode, missing.json()]).toMatchObject([404, { code: 'NOT_FOUND' }]);
});

test('an archive with another checksum than in the index is not installed', async () => {
  serveIndex('/wrong.json', await serveArchive('forged', `sha256:${'0'.repeat(64)}`));
  await create({ url: at('/wrong.json') });

  const payload = { source: 'forged' };
  const answer = await testApi().call('POST', '/packs/install', payload);

  expect([answer.statusCode, answer.json()]).toMatchObject([400, { details: { reason: 'CHECKSUM_MISMATCH' } }]);
  const { rows } = await testApi().owner.query(`select 1 from pack where ref = 'forged'`);
  expect(rows).toEqual([]);
});

test('indices are those of the tenant, for callers with the right', async () => {
  const { id } = await create({ url: at('/x.json') });
  const viewer = await testApi().createUser('index-reader@example.test', 'core.viewer');
  const other = await tokenOfIdentity(await createOtherTenant(testApi().owner));
  const statuses = async (token: string) =>
    (await Promise.all([send('GET', '', undefined, token), send('DELETE', `/${id}`, undefined, token)])).map(
      ({ statusCode }) => statusCode,
    );

  expect(await statuses(viewer)).toEqual([200, 403]);
  expect(await statuses(other)).toEqual([200, 404]);
  expect((await send('GET', '', undefined, other)).json()).toEqual({ data: [] });
  expect((await send('PUT', '/987654321', { name: 'x' })).json()).toMatchObject({ code: 'NOT_FOUND' });
});

test('the indices after the first that names a pack are not read', async () => {
  const archive = await serveArchive('wanted');
  serveIndex('/without.json', entry('another'));
  serveIndex('/with.json', archive);
  serveIndex('/later.json', archive);
  for (const path of ['/without.json', '/with.json', '/later.json']) await create({ url: at(path) });
  requested = [];

  const found = await send('GET', '/packs/wanted');
  const searched = requested;
  requested = [];
  const installed = await testApi().call('POST', '/packs/install', { source: 'wanted' });

  expect([found.statusCode, installed.statusCode]).toEqual([200, 200]);
  expect(searched).toEqual(['/without.json', '/with.json']);
  expect(requested).toEqual(['/without.json', '/with.json', '/wanted.tar.gz']);
});
