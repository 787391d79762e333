// What a tenant keeps is limited; another tenant does not notice.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { artifactsDirectory } from '../../../platform/base/directories';
import { withApi, type TestApi } from '../api/with-api';
import { writeFiles } from './pack-source';

const MAXIMUM = 500_000;
const LARGE = 150_000;
const PASSWORD = 'long-enough-1';

const testApi = withApi({ limits: { storedBytes: MAXIMUM } });
let full: string;
let other: string;
beforeAll(async () => {
  full = await createTenant('full');
  other = await createTenant('other');
});

const send: TestApi['call'] = (method, path, payload, token = full) => testApi().call(method, path, payload, token);

async function createTenant(slug: string): Promise<string> {
  const admin = { login: `first@${slug}`, password: PASSWORD };
  const made = await send('POST', '/tenants', { slug, name: slug, admin }, testApi().admin);
  expect(made.statusCode).toBe(201);
  const token = await testApi().logIn(admin.login, PASSWORD);
  await send('POST', '/packs', { ref: 'demo', label: 'Demo', version: '1.0.0' }, token);
  return token;
}

/** A text that no compression makes smaller. */
const noise = (bytes: number): string => randomBytes((bytes * 3) / 4).toString('base64');
const key = (ref: string) => ({ ref, name: ref, owner_type: 'system', value: noise(LARGE) });

const ARTIFACT = { scope: 'system', owner: '', type: 'other' };

let directories = 0;
function register(ref: string, bytes: number, token = full) {
  const files = { 'pack.yaml': `ref: ${ref}\nversion: 1.0.0\nname: ${ref}\n`, 'data.bin': noise(bytes) };
  const path = writeFiles(join(testApi().scratch, `source-${++directories}`), files);
  return send('POST', '/packs/register', { path }, token);
}

/** What the tenant of this slug keeps. */
async function storedBytes(slug: string): Promise<number> {
  const { rows } = await testApi().owner.query<{ id: number }>('select id from tenant where slug = $1', [slug]);
  return testApi().db.inTenant(rows[0]!.id, async (transaction) => {
    const counted = await sql<{ bytes: number }>`select stored_bytes() as bytes`.execute(transaction);
    return counted.rows[0]!.bytes;
  });
}

test('a tenant that keeps too much is refused each write, and another is not', async () => {
  const kept = [await send('POST', '/keys', key('one')), await send('POST', '/keys', key('two'))];
  expect(kept.map(({ statusCode }) => statusCode)).toEqual([201, 201]);
  expect((await register('held', LARGE)).statusCode).toBe(201);
  expect(await storedBytes('full')).toBeGreaterThan(3 * LARGE);
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop', input: { text: noise(LARGE) } }] };
  const writes = (token: string) => [
    () => send('POST', '/keys', key('three'), token),
    () => send('POST', '/executions/execute', { action_ref: 'core.noop', parameters: { text: noise(LARGE) } }, token),
    () => send('POST', '/workflows', { ref: 'demo.w', pack_ref: 'demo', label: 'w', version: '1', definition }, token),
    () => send('POST', '/artifacts', { ...ARTIFACT, ref: 'large', data: noise(LARGE) }, token),
    () => register('more', LARGE, token),
  ];

  for (const write of writes(full)) {
    const refused = await write();
    expect([refused.statusCode, refused.headers['retry-after'], refused.json()]).toMatchObject([
      429,
      '60',
      { code: 'TOO_MANY_REQUESTS', details: { reason: 'TENANT_LIMIT', limit: 'stored bytes', maximum: MAXIMUM } },
    ]);
  }
  for (const path of ['/keys/three', '/workflows/demo.w', '/artifacts/ref/large', '/packs/more'])
    expect((await send('GET', path)).statusCode).toBe(404);
  expect((await send('GET', '/executions')).json()).toMatchObject({ items: [] });
  const accepted = [];
  for (const write of writes(other).slice(0, 3)) accepted.push((await write()).statusCode);
  expect(accepted).toEqual([201, 201, 201]);
});

test('deleting rows frees quota', async () => {
  expect((await send('DELETE', '/keys/one')).statusCode).toBe(200);
  expect((await send('DELETE', '/packs/held')).statusCode).toBe(200);

  let made = await send('POST', '/keys', key('late'));
  while (made.statusCode === 429) {
    await pause(100); // it is measured again at most once a second
    made = await send('POST', '/keys', key('late'));
  }

  expect(made.statusCode).toBe(201);
});

test('what programs wrote to files counts, and makes room when it is removed', async () => {
  const admin = { login: 'first@programs', password: PASSWORD };
  await send('POST', '/tenants', { slug: 'programs', name: 'programs', admin }, testApi().admin);
  const token = await testApi().logIn(admin.login, PASSWORD);
  const { rows } = await testApi().owner.query<{ id: number }>(`select id from tenant where slug = 'programs'`);
  const artifacts = artifactsDirectory({ directory: join(testApi().scratch, 'data') }, { tenant: rows[0]!.id });
  mkdirSync(artifacts, { recursive: true });
  writeFileSync(join(artifacts, 'written'), Buffer.alloc(MAXIMUM));
  const store = () => send('POST', '/keys', key('late'), token);
  const atFirst = (await store()).statusCode;

  rmSync(join(artifacts, 'written'));
  let made = await store();
  while (made.statusCode === 429) {
    await pause(100); // it is measured again at most once a second
    made = await store();
  }

  expect([atFirst, made.statusCode]).toEqual([429, 201]);
});

const ONE_TASK = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };

/** Requests that store a large value, each in a column of another type or table. */
const LARGE_VALUES: readonly (readonly [path: string, (value: string) => object])[] = [
  ['/keys', (value) => ({ ref: 'counted', name: 'counted', owner_type: 'system', value })],
  ['/executions/execute', (value) => ({ action_ref: 'core.noop', parameters: { value } })],
  ['/artifacts', (value) => ({ ...ARTIFACT, ref: 'large-data', data: value })],
  ['/packs', (value) => ({ ref: 'described', label: 'D', version: '1.0.0', description: value })],
  ['/packs', (value) => ({ ref: 'configured', label: 'C', version: '1.0.0', config: { value } })],
  ['/packs', (value) => ({ ref: 'tagged', label: 'T', version: '1.0.0', tags: [value] })],
  [
    '/triggers',
    (label) => ({ ref: 'demo.hook', pack_ref: 'demo', label: 'h', out_schema: { v: { type: 'string', label } } }),
  ],
  [
    '/workflows',
    (value) => ({
      ref: 'demo.noted',
      pack_ref: 'demo',
      label: 'w',
      version: '1',
      definition: { ...ONE_TASK, vars: { value } },
    }),
  ],
];

test('each value of a row counts, of whichever type', async () => {
  const token = await createTenant('values');
  const counts: number[] = [];
  for (const [path, bodyOf] of LARGE_VALUES) {
    const before = await storedBytes('values');
    const made = await send('POST', path, bodyOf(noise(20_000)), token);
    expect([made.statusCode, path]).toEqual([201, path]);
    counts.push((await storedBytes('values')) - before);
  }

  expect(counts.filter((bytes) => bytes < 20_000)).toEqual([]);
});

test('values, logs and the files of packs count, those of others do not', async () => {
  const [before, others] = [await storedBytes('full'), await storedBytes('default')];
  await testApi().owner.query(
    `with made as (insert into artifact (tenant, ref) select id, 'log' from tenant where slug = 'full' returning id, tenant)
     insert into artifact_version (tenant, artifact, version, size_bytes, stream) select tenant, id, 1, 7000, 'stdout' from made`,
  );
  const withLog = await storedBytes('full');
  expect((await register('files', 40_000)).statusCode).toBe(201);
  const withPack = await storedBytes('full');

  expect([withLog - before, withPack - withLog].map((bytes) => Math.floor(bytes / 1_000))).toEqual([7, 40]);
  expect(await storedBytes('default')).toBe(others);
});

test('the bytes of each version of an artifact count once', async () => {
  const slug = 'versions';
  const token = await createTenant(slug);
  const { id } = (await send('POST', '/artifacts', { ...ARTIFACT, ref: 'counted' }, token)).json<{
    data: { id: number };
  }>().data;
  const before = await storedBytes(slug);
  const form = new FormData();
  form.append('file', new Blob([randomBytes(30_000)]), 'file');
  const request = new Request('http://localhost', { method: 'POST', body: form });
  const uploaded = await testApi().send(
    {
      method: 'POST',
      url: `/api/v1/artifacts/${id}/versions/upload`,
      headers: { 'content-type': request.headers.get('content-type')! },
      payload: Buffer.from(await request.arrayBuffer()),
    },
    token,
  );
  expect(uploaded.statusCode).toBe(201);
  const withUpload = await storedBytes(slug);
  expect((await send('POST', `/artifacts/${id}/versions`, { content: noise(20_000) }, token)).statusCode).toBe(201);
  const withJson = await storedBytes(slug);

  const counts = [withUpload - before, withJson - withUpload];
  expect(counts.map((bytes) => Math.floor(bytes / 10_000))).toEqual([3, 2]);
  expect((await send('DELETE', `/artifacts/${id}`, undefined, token)).statusCode).toBe(200);
  expect(await storedBytes(slug)).toBeLessThan(before + 1_000);
});

test('the files of a refused pack are removed', () => {
  const stored = readdirSync(testApi().packsDirectory, { recursive: true }).map(String);

  expect(stored.filter((path) => /files/.test(path))).not.toEqual([]);
  expect(stored.filter((path) => /more|staging/.test(path))).toEqual([]);
});
