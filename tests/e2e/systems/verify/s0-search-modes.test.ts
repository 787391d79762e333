// Spec: what each mode of a search compares, how it scores, and which keys a constraint opens.
import { createClient, type Client } from '../../../../helpers/client/client';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import type { Context } from '../../../../helpers/scenario/context';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import { CONSTRAINTS, createConstraintWorld } from '../../support/matrix/constraints';
import { cosineOfTexts } from '../../support/search/cosine-of-texts';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('search');

type Value = Parameters<Client['keys']['create']>[0]['value'];

/** Stores keys in a tenant without others: the ref is the name of the value. */
async function storeKeys(ctx: Context, values: Readonly<Record<string, Value>>): Promise<Client> {
  const { client } = await createTestTenant(ctx, 'own');
  const { id } = await client.auth.me();
  for (const [ref, value] of Object.entries(values))
    await client.keys.create({ ref, name: `name of ${ref}`, owner_type: 'identity', owner_identity: id, value });
  return client;
}

const contentOf = (ref: string, value: string): string => `${ref} name of ${ref} ${value}`;

test('S0-72 an exact search compares ref, name and scalars as a whole', async (ctx) => {
  const values = {
    lower: 'amber',
    upper: 'Amber',
    longer: 'amber bead',
    list: ['amber'],
    object: { amber: 'amber' },
    number: 12345,
    yes: true,
    no: false,
    zero: 0,
  };
  const client = await storeKeys(ctx, values);
  const expected: Record<string, string[]> = {
    amber: ['lower'],
    Amber: ['upper'],
    ' amber bead ': ['longer'],
    '["amber"]': [],
    '12345': ['number'],
    '1234': [],
    true: ['yes'],
    false: ['no'],
    '0': ['zero'],
    object: ['object'],
    'name of list': ['list'],
    'name of': [],
  };

  const found = await mapConcurrently(Object.keys(expected), 4, async (q) => [
    q,
    (await client.search.find(q, 'exact')).hits,
  ]);

  const ids = new Map((await client.keys.list()).map(({ ref, id }) => [ref, id]));
  const hit = (ref: string) => ({
    type: 'key',
    id: ids.get(ref)!,
    ref,
    name: `name of ${ref}`,
    encrypted: false,
    score: 1,
  });
  expect(Object.fromEntries(found)).toEqual(
    Object.fromEntries(Object.entries(expected).map(([q, refs]) => [q, refs.map(hit)])),
  );
});

test('S0-72 a trigram search shows the most similar words first', async (ctx) => {
  const client = await storeKeys(ctx, {
    similar: 'the harbour lantrn',
    equal: 'a lamp, the harbour lantern',
    other: 'granite',
  });

  const { hits } = await client.search.find('harbour lantern', 'trigram');

  expect(hits.map(({ ref }) => ref)).toEqual(['equal', 'similar']);
  const [equal, similar] = hits.map(({ score }) => score);
  expect(equal).toBe(1);
  expect(similar).toBeGreaterThan(0);
  expect(similar).toBeLessThan(1);
});

test('S0-72 a full text search reads quotes, or and -, and ranks by frequency', async (ctx) => {
  const client = await storeKeys(ctx, {
    once: 'the amber lantern',
    turned: 'lantern of amber',
    often: 'amber lantern amber lantern',
    plural: 'amber lanterns',
    basalt: 'basalt',
  });
  const expected = {
    'amber lantern': ['often', 'once', 'turned'],
    '"amber lantern"': ['often', 'once'],
    'lantern or basalt': ['basalt', 'often', 'once', 'turned'],
    'amber -lantern': ['plural'],
    lanterns: ['plural'],
    'LANTERN basalt': [],
  };

  const found = await mapConcurrently(Object.keys(expected), 4, async (q) => {
    const { hits } = await client.search.find(q, 'fulltext');
    return [q, hits.map(({ ref }) => ref).sort()];
  });

  expect(Object.fromEntries(found)).toEqual(expected);
  const ranked = (await client.search.find('amber lantern', 'fulltext')).hits;
  expect(ranked[0]!.ref).toBe('often');
  expect(ranked[0]!.score).toBeGreaterThan(ranked[1]!.score);
  expect((await client.search.find('amber lantern', 'fulltext', { limit: 1 })).hits).toEqual([ranked[0]]);
});

test('S0-72 a vector search scores by the cosine of the parts of words', async (ctx) => {
  const values = { far: 'ember of a fjord', near: 'amber lantern', same: 'amber lanterns of the harbour', none: 'qqq' };
  const client = await storeKeys(ctx, values);
  const q = 'Amber-lanterns, harbour';

  const { hits } = await client.search.find(q, 'vector');

  const scores = Object.entries(values)
    .map(([ref, value]): [string, number] => [ref, cosineOfTexts(q, contentOf(ref, value))])
    .filter(([, score]) => score > 0)
    .sort(([, one], [, other]) => other - one);
  expect(hits.map(({ ref }) => ref)).toEqual(scores.map(([ref]) => ref));
  for (const [n, [, score]] of scores.entries()) expect(hits[n]!.score).toBeCloseTo(score, 6);
});

test('S0-72 a search compares the first 2,000 characters of a value', async (ctx) => {
  const inside = 'amberinside';
  const before = 'x '.repeat(1_000).slice(0, 2_000 - inside.length - 1);
  const client = await storeKeys(ctx, { long: `${before} ${inside} basaltoutside` });
  const findBoth = async (mode: 'fulltext' | 'trigram') => {
    const [first, second] = await Promise.all([
      client.search.find(inside, mode),
      client.search.find('basaltoutside', mode),
    ]);
    return [first.hits.length, second.hits.length];
  };

  expect([await findBoth('fulltext'), await findBoth('trigram')]).toEqual([
    [1, 0],
    [1, 0],
  ]);
});

test('S0-72 a search shows what each constraint of a grant opens', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const world = await createConstraintWorld(client, ctx.facts.url, `${ctx.facts.directory}/fixtures`);
  const reader = createClient({ baseUrl: ctx.facts.url, token: world.reader.token });
  const seen: object[] = [];

  for (const [constraintsOf] of CONSTRAINTS) {
    const constraints = constraintsOf(world);
    await world.set.grant([{ resource: 'keys', actions: ['read'], constraints }]);
    const found = await mapConcurrently(Object.entries(world.keys), 4, async ([name, ref]) => {
      const { hits } = await reader.search.find(name, 'exact');
      return hits.some((hit) => hit.ref === ref) ? [name] : [];
    });
    seen.push({ constraints, found: found.flat() });
  }

  expect(seen).toEqual(CONSTRAINTS.map(([of, found]) => ({ constraints: of(world), found: [...found] })));
});
