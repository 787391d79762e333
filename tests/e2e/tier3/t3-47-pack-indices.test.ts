// Spec: an index names packs by its place, and an archive is installed with its digest alone.
import { createHash } from 'node:crypto';
import { ApiError } from '../../../helpers/errors';
import { sendJson } from '../../../helpers/fixtures/mock-http-server';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { startServer } from '../../../helpers/scenario/resources/mock-server';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';
import { plainTar } from '../support/raw-tar';

const NEEDS = ['rbac', 'tenants', 'mocks.allowed'];

/** What each text of the search finds. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  alp: ['alpha'],
  'THE LABEL': ['beta'],
  described: ['gamma'],
  keyword: ['delta'],
  nothing: [],
  hidden: [],
  v: ['every'],
};

/** The packs of the indices by their paths. */
const INDICES: Readonly<Record<string, Parameters[]>> = {
  '/first': [
    { ref: 'alpha', version: '1.0.0' },
    { ref: 'beta', version: '1.0.0', label: 'The label' },
    { ref: 'every', version: '1.0.0' },
  ],
  '/second': [
    { ref: 'gamma', version: '1.0.0', description: 'as described' },
    { ref: 'every', version: '2.0.0' },
  ],
  '/last': [
    { ref: 'delta', version: '1.0.0', keywords: ['other', 'Keyword'] },
    { ref: 'every', version: '3.0.0' },
    { ref: 'only', version: '3.0.0' },
  ],
  '/disabled': [
    { ref: 'hidden', version: '0.0.0' },
    { ref: 'every', version: '0.0.0' },
  ],
};

/** The statement of an index about a pack without a meaning for the search. */
const shownOf = ({ pack, registry }: { readonly pack: Parameters; readonly registry: { readonly name: unknown } }) => [
  registry.name,
  pack.ref,
  pack.version,
];

claim('T3.47a', NEEDS, 'the first enabled index that names a pack describes it', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const { packIndices } = client;
  const server = await startServer(ctx, ({ path }, response) => sendJson(response, { packs: INDICES[path] ?? [] }));
  const create = (name: string, more: object) => packIndices.create({ name, url: `${server.url}/${name}`, ...more });
  await create('second', { position: 5, headers: { 'x-nonce': ctx.nonce } });
  await create('last', {});
  await create('disabled', { position: 1, enabled: false });
  await create('first', { position: 0 });

  const found: Record<string, readonly unknown[]> = {};
  for (const text of Object.keys(FOUND)) {
    const packs = await packIndices.search(text);
    found[text] = [...new Set(packs.map(({ pack }) => pack.ref))];
  }
  const described = [await packIndices.get('every'), await packIndices.get('only')];

  expect((await packIndices.list()).map(({ name, position }) => [name, position])).toEqual([
    ['first', 0],
    ['disabled', 1],
    ['second', 5],
    ['last', 6],
  ]);
  expect(found).toEqual(FOUND);
  expect(described.map(shownOf)).toEqual([
    ['first', 'every', '1.0.0'],
    ['last', 'only', '3.0.0'],
  ]);
  await expect(packIndices.get('hidden')).rejects.toMatchObject({ status: 404 });
  const requested = new Map(server.requests.map(({ path, headers }) => [path, headers['x-nonce']]));
  expect(Object.fromEntries(requested)).toEqual({ '/first': undefined, '/second': ctx.nonce, '/last': undefined });
});

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** Packs, and the digest that their index states of the archive; undefined: none. */
const DIGESTS: Readonly<Record<string, (archive: Buffer) => string | undefined>> = {
  right: sha256,
  prefixed: (archive) => `sha256:${sha256(archive)}`,
  unstated: () => undefined,
  other: () => sha256('another archive'),
  cut: (archive) => sha256(archive).slice(1),
};

/** Why a request was refused; null: it was not. */
async function reasonOf(request: Promise<unknown>): Promise<string | null> {
  try {
    await request;
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return String((error.body as { readonly details?: { readonly reason?: string } }).details?.reason);
  }
}

/** A server with an index of these packs, and with their archives. */
async function serveArchives(ctx: Context): Promise<string> {
  const archiveOf = (ref: string) => plainTar({ './pack.yaml': `ref: ${ref}\nversion: 1.0.0\n` });
  const server = await startServer(ctx, ({ path }, response) => {
    if (path !== '/index') return void response.writeHead(200).end(archiveOf(path.slice(1)));
    const packs = Object.entries(DIGESTS).map(([ref, digestOf]) => {
      const checksum = digestOf(archiveOf(ref));
      const source = { type: 'archive', url: `${server.url}/${ref}`, ...(checksum !== undefined && { checksum }) };
      return { ref, version: '1.0.0', install_sources: [{ type: 'git', url: `${server.url}/other.git` }, source] };
    });
    sendJson(response, { packs });
  });
  return `${server.url}/index`;
}

claim('T3.47b', NEEDS, 'an archive is installed only with the digest that is stated', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  await client.packIndices.create({ url: await serveArchives(ctx) });
  const installed: Record<string, unknown> = {};

  for (const ref of Object.keys(DIGESTS)) {
    const reason = await reasonOf(client.packs.install({ source: ref }));
    installed[ref] = [reason, (await client.packs.getOrNull(ref))?.version];
  }

  expect(installed).toEqual({
    right: [null, '1.0.0'],
    prefixed: [null, '1.0.0'],
    unstated: [null, '1.0.0'],
    other: ['CHECKSUM_MISMATCH', undefined],
    cut: ['CHECKSUM_MISMATCH', undefined],
  });
});
