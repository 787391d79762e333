import type { CreateKey, Key } from '../../../contract/keys';
import { createGrantHolder, type Grants } from './grant-holder';
import { withAdmin } from './with-admin';

const { testApi, send } = withAdmin();

let count = 0;
const keyBody = (more: Partial<CreateKey> = {}): CreateKey => {
  const ref = `test.key${++count}`;
  return { ref, name: ref, owner_type: 'system', value: { n: 'ü', c: 3 }, ...more };
};
const create = (body: object, token?: string) => send('POST', '/keys', body, token);
const get = (ref: string, token?: string) => send('GET', `/keys/${ref}`, undefined, token);
const put = (ref: string, payload: object, token?: string) => send('PUT', `/keys/${ref}`, payload, token);
const remove = (ref: string, token?: string) => send('DELETE', `/keys/${ref}`, undefined, token);
const dataOf = (response: { json(): unknown }) => (response.json() as { data: Key }).data;

const tokenWithGrants = (grants: Grants) => createGrantHolder(testApi().owner, grants);
const KEYS = ['read', 'create', 'update', 'delete'];

test.each([['text'], [7], [false], [null], [['a', { b: null }]], [{}]])(
  'the value %j comes back as it was',
  async (value) => {
    for (const encrypted of [false, true]) {
      const body = keyBody({ value, encrypted });
      expect((await create(body)).statusCode).toBe(201);
      expect(dataOf(await get(body.ref))).toMatchObject({ value, encrypted, owner: 'system', version: 1 });
    }
  },
);

test('a key is written after the largest number of 32 bits', async () => {
  for (const encrypted of [false, true]) {
    const body = keyBody({ encrypted });
    await create(body);
    await testApi().owner.query('update key set version = 2147483647 where ref = $1', [body.ref]);

    const written = await put(body.ref, { value: 'later', if_version: 2147483647 });

    expect(written.statusCode).toBe(200);
    expect(dataOf(await get(body.ref))).toMatchObject({ value: 'later', version: 2147483648 });
  }
});

test('DS-05 without the right to decrypt the value is null', async () => {
  const reader = await tokenWithGrants([{ resource: 'keys', actions: ['read'] }]);
  const body = keyBody({ value: 'planted', encrypted: true });
  await create(body);

  expect(dataOf(await get(body.ref, reader))).toMatchObject({ value: null, encrypted: true });
  const list = await send('GET', '/keys?per_page=1000');
  expect(list.body).toContain(body.ref);
  expect(list.body).not.toContain('planted');
});

test('DS-05 a caller who may decrypt need not receive the value', async () => {
  for (const encrypted of [true, false]) {
    const { ref, value } = keyBody({ encrypted });
    await create({ ...keyBody(), ref, value, encrypted });

    expect(dataOf(await get(`${ref}?decrypt=false`))).toMatchObject({
      encrypted,
      value: encrypted ? null : value,
    });
    expect(dataOf(await get(`${ref}?decrypt=true`))).toMatchObject({ encrypted, value });
  }
});

test('DS-05 asking to decrypt needs the right to', async () => {
  const reader = await tokenWithGrants([{ resource: 'keys', actions: ['read'] }]);
  const body = keyBody({ encrypted: true });
  await create(body);

  expect(dataOf(await get(`${body.ref}?decrypt=true`, reader))).toMatchObject({ value: null });
});

test('DS-05 clearing the flag takes the right to decrypt', async () => {
  const writer = await tokenWithGrants([{ resource: 'keys', actions: KEYS }]);
  const body = keyBody({ encrypted: true });
  await create(body);

  expect((await put(body.ref, { encrypted: false }, writer)).statusCode).toBe(403);
  expect((await put(body.ref, { encrypted: false })).statusCode).toBe(200);
  expect(dataOf(await get(body.ref, writer))).toMatchObject({ value: body.value, encrypted: false });
});

test('DS-02 a ciphertext that is moved or replaced fails to decrypt', async () => {
  const [one, two] = [keyBody({ encrypted: true, value: 'one' }), keyBody({ encrypted: true, value: 'two' })];
  for (const body of [one, two]) await create(body);
  const { rows } = await testApi().owner.query<{ value: string }>('select value from key where ref = $1', [one.ref]);
  await testApi().owner.query(
    'update key k set value = o.value from key o where o.ref in ($1, $2) and k.ref in ($1, $2) and o.ref <> k.ref',
    [one.ref, two.ref],
  );
  for (const { ref } of [one, two]) {
    const response = await get(ref);
    expect(response.json()).toMatchObject({ code: 'DECRYPT_FAILED' });
    expect(response.statusCode).toBe(500);
  }
  await put(one.ref, { value: 'newer' });
  await testApi().owner.query('update key set value = to_json($2::text) where ref = $1', [one.ref, rows[0]!.value]);
  expect((await get(one.ref)).statusCode).toBe(500);
});

test('DS-03 an expired key is absent, and its ref and name are free', async () => {
  const body = keyBody({ ttl_seconds: 60 });
  expect(dataOf(await create(body)).expires_at).not.toBeNull();
  await testApi().owner.query(`update key set expires_at = platform_now() - interval '1 ms' where ref = $1`, [
    body.ref,
  ]);

  expect((await get(body.ref)).statusCode).toBe(404);
  expect((await put(body.ref, { value: 1 })).statusCode).toBe(404);
  expect((await remove(body.ref)).statusCode).toBe(404);
  const list = await send('GET', '/keys?per_page=1000');
  expect(list.body).not.toContain(body.ref);
  expect((await create({ ...body, ttl_seconds: undefined })).statusCode).toBe(201);
  expect(dataOf(await get(body.ref)).expires_at).toBeNull();
});

test('a lifetime is given once, lies ahead, and null removes it', async () => {
  const twice = { ttl_seconds: 5, expires_at: '2999-01-01T00:00:00Z' };
  expect((await create(keyBody(twice))).statusCode).toBe(422);
  expect((await create(keyBody({ expires_at: '2001-01-01T00:00:00Z' }))).statusCode).toBe(422);
  expect((await create(keyBody({ ttl_seconds: 0 }))).statusCode).toBe(422);
  const body = keyBody({ ttl_seconds: 500 });
  const made = dataOf(await create(body));
  expect(dataOf(await put(body.ref, { value: 2 })).expires_at).toBe(made.expires_at);
  expect(dataOf(await put(body.ref, { ttl_seconds: null })).expires_at).toBeNull();
});

test.each(['2030-01-01T00:00:00+16:00', '+012030-01-01T00:00:00Z', '2030-02-30T00:00:00Z', '2030', 'never'])(
  'DS-03 a key does not expire at %s',
  async (expires_at) => {
    const body = keyBody();
    await create(body);
    const error = { error: 'expires_at must be a moment in RFC 3339, as in 2026-01-27T10:00:00Z' };
    for (const refused of [await create(keyBody({ expires_at })), await put(body.ref, { expires_at })]) {
      expect(refused.statusCode).toBe(422);
      expect(refused.json()).toMatchObject({ ...error, code: 'VALIDATION_ERROR', details: { path: 'expires_at' } });
    }
  },
);

test('DS-04 of many writers of one version one succeeds', async () => {
  const body = keyBody();
  await create(body);

  const answers = await Promise.all([1, 2, 3, 4].map((value) => put(body.ref, { value, if_version: 1 })));

  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409, 409]);
  const lost = answers.find(({ statusCode }) => statusCode === 409)!;
  expect(lost.json()).toMatchObject({ code: 'CONFLICT', details: { current_version: 2 } });
  expect(dataOf(await get(body.ref)).version).toBe(2);
});

test("another identity's key takes a grant that names it", async () => {
  const other = await tokenWithGrants([{ resource: 'keys', actions: [...KEYS, 'decrypt'] }]);
  const named = await tokenWithGrants([
    { resource: 'keys', actions: ['read'], constraints: { owner_types: ['identity'] } },
  ]);
  const { rows } = await testApi().owner.query<{ id: number }>(
    `select id from identity where login = 'test@attune.local'`,
  );
  const body = keyBody({ owner_type: 'identity', owner_identity: rows[0]!.id });
  expect((await create(body)).statusCode).toBe(201);

  expect((await get(body.ref)).statusCode).toBe(200);
  expect((await get(body.ref, other)).statusCode).toBe(404);
  expect((await put(body.ref, { value: 1 }, other)).statusCode).toBe(403);
  expect((await remove(body.ref, other)).statusCode).toBe(403);
  expect((await get(body.ref, named)).statusCode).toBe(200);
  const list = await send('GET', '/keys?per_page=1000', undefined, other);
  expect(list.body).not.toContain(body.ref);
});

test('without any grant a list is 403 and a key is 404', async () => {
  const tokenWithoutGrants = await tokenWithGrants([]);
  const body = keyBody();
  await create(body);

  expect((await send('GET', '/keys', undefined, tokenWithoutGrants)).statusCode).toBe(403);
  expect((await get(body.ref, tokenWithoutGrants)).statusCode).toBe(404);
  expect((await create(keyBody(), tokenWithoutGrants)).statusCode).toBe(403);
});

test.each<[string, Partial<CreateKey>, number]>([
  ['an owner that its type does not have', { owner_pack_ref: 'core' }, 400],
  ['an owner that is missing', { owner_type: 'pack' }, 400],
  ['a pack that does not exist', { owner_type: 'pack', owner_pack_ref: 'nowhere' }, 400],
  ['a sensor that does not exist', { owner_type: 'sensor', owner_sensor_ref: 'no.where' }, 400],
  ['upper case in its ref', { ref: 'Test.key' }, 422],
])('a key with %s is rejected, and nothing is stored', async (_title, more, status) => {
  const body = keyBody(more);
  expect((await create(body)).statusCode).toBe(status);
  expect((await get(body.ref)).statusCode).toBe(404);
});

test('a ref is unique, and a name is unique per owner', async () => {
  const body = keyBody({ owner_type: 'action', owner_action_ref: 'core.echo' });
  expect(dataOf(await create(body))).toMatchObject({ owner_action_ref: 'core.echo', owner_type: 'action' });
  expect((await create(body)).statusCode).toBe(409);
  expect((await create({ ...body, ref: `${body.ref}2` })).statusCode).toBe(409);
  expect((await create(keyBody({ name: body.name }))).statusCode).toBe(201);
});

test('DS-04 a list of any size holds 10,000 keys, and no value', async () => {
  await testApi().owner.query(
    `insert into key (tenant, ref, owner_type, owner, name, encrypted, value)
      select 1, 'bulk.k' || n, 'system', 'system', 'bulk' || n, false, to_json('planted' || n) from generate_series(1, 10050) n`,
  );
  const list = async (page: number) => send('GET', `/keys?per_page=1000000000&page=${page}`);

  const [first, second] = [await list(1), await list(2)];

  const refs = [first, second].map((page) => page.json<{ items: { ref: string }[] }>().items.map(({ ref }) => ref));
  expect(refs[0]).toHaveLength(10_000);
  expect(new Set(refs.flat().filter((ref) => ref.startsWith('bulk.'))).size).toBe(10_050);
  expect(first.json()).toMatchObject({ pagination: { page_size: 10_000, total_pages: 2, has_next: true } });
  expect(`${first.body}${second.body}`).not.toContain('planted');
  await testApi().owner.query(`delete from key where ref like 'bulk.%'`);
});

test('DS-04 a value of more than 2 MiB is refused as text', async () => {
  const body = keyBody({ value: 'x'.repeat(2 * 1_024 ** 2) });

  const response = await create(body);

  expect([response.statusCode, response.headers['content-type']]).toEqual([413, 'text/plain; charset=utf-8']);
  expect((await get(body.ref)).statusCode).toBe(404);
});
