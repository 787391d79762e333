// Spec: each mode of a search finds the planted key, and nothing that the caller may not read.
import { mapConcurrently } from '../../../../helpers/in-parallel';
import type { Context } from '../../../../helpers/scenario/context';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import { createUserClient } from '../../../../helpers/scenario/resources/test-users';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('search');

const MODES = ['exact', 'trigram', 'fulltext', 'vector'] as const;

type Mode = (typeof MODES)[number];

const ROWS = 200;
const WORDS = ['amber', 'basalt', 'cedar', 'dune', 'ember', 'fjord', 'granite', 'harbour', 'indigo', 'juniper'];

interface KeyParts {
  readonly ref: string;
  readonly value: string;
  readonly encrypted?: boolean;
}

/** A key of the test's own pack, which no process of another test receives. Returns its id. */
async function createKey(ctx: Context, { ref, ...parts }: KeyParts): Promise<number> {
  const owner = { owner_type: 'pack' as const, owner_pack_ref: await ctx.ownPack() };
  const { id } = await ctx.client.keys.create({ ref, name: ref, ...owner, ...parts });
  ctx.defer(() => ctx.client.keys.removeIfExists(ref));
  return id;
}

const sentence = (n: number): string => [n, n * 3 + 1, n * 7 + 2].map((at) => WORDS[at % WORDS.length]).join(' ');

const idsOf = async ({ client }: Pick<Context, 'client'>, q: string, mode: Mode): Promise<number[]> =>
  (await client.search.find(q, mode, { limit: 100 })).hits.map(({ id }) => id);

test('S0-37 four modes of a search find the same planted key first', async (ctx) => {
  const prefix = ctx.name('row');
  const word = `zephyr${ctx.nonce}`;
  await mapConcurrently([...Array(ROWS - 1).keys()], 8, (n) =>
    createKey(ctx, { ref: `${prefix}-${n}`, value: sentence(n) }),
  );
  const value = `quartz lantern of ${word}`;
  const planted = await createKey(ctx, { ref: `${prefix}-planted`, value });

  const found = await Promise.all([
    ctx.client.search.find(value, 'exact'),
    ctx.client.search.find(`lantrn of ${word}`, 'trigram'),
    ctx.client.search.find(`${word} lantern`, 'fulltext'),
    ctx.client.search.find(`${word} lanterns harbour`, 'vector'),
  ]);

  expect(found.map(({ hits }) => hits[0]?.id)).toEqual(Array<number>(4).fill(planted));
  expect(found.map(({ mode, served_by }) => [mode, served_by])).toEqual([
    ['exact', 'exact'],
    ['trigram', 'pg_trgm'],
    ['fulltext', 'fulltext'],
    ['vector', 'builtin'],
  ]);
  expect(found[0].hits).toHaveLength(1);
});

test('S0-37 a search finds the value of the last write, and no removed key', async (ctx) => {
  const ref = ctx.name('k');
  const [first, second] = [`first${ctx.nonce}`, `second${ctx.nonce}`];
  const id = await createKey(ctx, { ref, value: first });
  const findBoth = () => Promise.all([idsOf(ctx, first, 'fulltext'), idsOf(ctx, second, 'fulltext')]);

  const created = await findBoth();
  await ctx.client.keys.update(ref, { value: second });
  const updated = await findBoth();
  await ctx.client.keys.remove(ref);
  const removed = await findBoth();

  expect([created, updated, removed]).toEqual([
    [[id], []],
    [[], [id]],
    [[], []],
  ]);
});

test('S0-37 the value of an encrypted key is not searched', async (ctx) => {
  const ref = ctx.name('k');
  const value = `hidden${ctx.nonce}`;
  const id = await createKey(ctx, { ref, value, encrypted: true });
  const findAll = (q: string) =>
    Promise.all((['exact', 'trigram', 'fulltext'] as const).map((mode) => idsOf(ctx, q, mode)));

  const encrypted = await findAll(value);
  await ctx.client.keys.update(ref, { encrypted: false });
  const plain = await findAll(value);
  await ctx.client.keys.update(ref, { encrypted: true });

  expect([encrypted, plain, await findAll(value)]).toEqual([
    [[], [], []],
    [[id], [id], [id]],
    [[], [], []],
  ]);
  expect(await idsOf(ctx, ref, 'exact')).toEqual([id]);
});

test('S0-37 a search shows only keys that the caller may read', async (ctx) => {
  const value = `private${ctx.nonce}`;
  const reader = await createUserClient(ctx, 'core.viewer');
  const [mine, shared] = [ctx.name('mine'), ctx.name('shared')];
  const { id: owner } = await ctx.client.auth.me();
  const own = { owner_type: 'identity' as const, owner_identity: owner };
  const { id } = await ctx.client.keys.create({ ref: mine, name: mine, ...own, value });
  ctx.defer(() => ctx.client.keys.removeIfExists(mine));
  const sharedId = await createKey(ctx, { ref: shared, value });
  const other = await createTestTenant(ctx, 'other');

  const found = await Promise.all(
    [ctx.client, reader, other.client].map((client) => idsOf({ client }, value, 'fulltext')),
  );

  const first = await Promise.all(MODES.map((mode) => reader.search.find(value, mode, { limit: 1 })));

  expect(found).toEqual([[id, sharedId], [sharedId], []]);
  // the limit counts only keys that the caller may read
  expect(first.map(({ hits }) => hits.map((hit) => hit.id))).toEqual(MODES.map(() => [sharedId]));
});

test('S0-37 a search that cannot be read is rejected with path and hint', async (ctx) => {
  const rejected = (path: string) => ({
    status: 422,
    code: 'VALIDATION_ERROR',
    body: { details: { path, hint: expect.any(String) as string } },
  });
  const find = (q: string, mode: string, limit?: number) =>
    ctx.client.search.find(q, mode as Mode, limit === undefined ? {} : { limit });

  await expect(find(' ', 'exact')).rejects.toMatchObject(rejected('/q'));
  await expect(find('x'.repeat(201), 'exact')).rejects.toMatchObject(rejected('/q'));
  await expect(find('x', 'fuzzy')).rejects.toMatchObject(rejected('/mode'));
  await expect(find('x', 'exact', 0)).rejects.toMatchObject(rejected('/limit'));
  await expect(find('x', 'exact', 101)).rejects.toMatchObject(rejected('/limit'));
  expect((await find('x'.repeat(200), 'exact', 100)).hits).toEqual([]);
});
