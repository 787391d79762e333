import { withApi } from '../api/with-api';

const testApi = withApi();

const PACKS = '/api/v1/packs';
const create = (ref: string, more: object = {}, token = testApi().admin) =>
  testApi().send({ method: 'POST', url: PACKS, payload: { ref, label: ref, version: '1.0.0', ...more } }, token);
const get = (url: string, token = testApi().admin) => testApi().send({ url }, token);
const put = (url: string, payload: object) => testApi().send({ method: 'PUT', url, payload }, testApi().admin);
const remove = (url: string, token = testApi().admin) => testApi().send({ method: 'DELETE', url }, token);

test('a created pack is returned with all fields, and so when read', async () => {
  const made = await create('whole', { description: 'one', config: { a: [1] }, tags: ['x'], dependencies: ['core'] });

  expect(made.statusCode).toBe(201);
  expect(made.json()).toMatchObject({
    data: {
      ref: 'whole',
      label: 'whole',
      description: 'one',
      version: '1.0.0',
      conf_schema: {},
      config: { a: [1] },
      meta: {},
      tags: ['x'],
      runtime_deps: [],
      dependencies: ['core'],
      is_standard: false,
    },
  });
  expect((await get(`${PACKS}/whole`)).json()).toEqual(made.json());
});

test.each([
  ['a ref in mixed case', 'Mixed', '1.0.0', 422, 'UNPROCESSABLE_ENTITY'],
  ['a ref with a dot', 'a.b', '1.0.0', 422, 'UNPROCESSABLE_ENTITY'],
  ['a version that is not semantic', 'fine', '1.0', 422, 'UNPROCESSABLE_ENTITY'],
  ['an empty ref', '', '1.0.0', 422, 'VALIDATION_ERROR'],
  ['the ref of the standard pack', 'core', '1.0.0', 409, 'CONFLICT'],
])('%s is rejected and not stored', async (_what, ref, version, status, code) => {
  const before = (await get(PACKS)).json<{ pagination: { total_items: number } }>().pagination.total_items;

  const answer = await create(ref, { version });

  expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
  const after = (await get(PACKS)).json<{ pagination: { total_items: number } }>().pagination.total_items;
  expect(after).toBe(before);
});

test('an update changes the fields it names and clears a description', async () => {
  await create('edited', { description: 'one', config: { a: 1 } });

  const set = await put(`${PACKS}/edited`, { label: 'Two', description: { op: 'set', value: 'two' } });
  const cleared = await put(`${PACKS}/edited`, { description: { op: 'clear' } });

  expect(set.json()).toMatchObject({ data: { label: 'Two', description: 'two', config: { a: 1 } } });
  expect(cleared.json()).toMatchObject({ data: { label: 'Two', description: null } });
});

test('deleting a pack deletes its actions and workflows', async () => {
  await create('gone');
  const action = { ref: 'gone.one', pack_ref: 'gone', label: 'One', entrypoint: 'true', runtime_ref: 'core.shell' };
  const definition = { tasks: [{ name: 'a', action: 'gone.one' }] };
  const workflow = { ref: 'gone.flow', pack_ref: 'gone', label: 'Flow', version: '1', definition };
  await testApi().call('POST', '/actions', action);
  await testApi().call('POST', '/workflows', workflow);

  const answer = await remove(`${PACKS}/gone`);

  expect([answer.statusCode, answer.json()]).toMatchObject([200, { success: true }]);
  const urls = [
    `${PACKS}/gone`,
    '/api/v1/actions/gone.one',
    '/api/v1/actions/gone.flow',
    '/api/v1/workflows/gone.flow',
  ];
  expect(await Promise.all(urls.map(async (url) => (await get(url)).statusCode))).toEqual([404, 404, 404, 404]);
});

test('a pack with keys cannot be deleted', async () => {
  await create('holding');
  const key = { ref: 'holding.key', name: 'key', owner_type: 'pack', owner_pack_ref: 'holding', value: 1 };
  const keys = '/api/v1/keys';
  await testApi().send({ method: 'POST', url: keys, payload: key }, testApi().admin);

  const rejected = await remove(`${PACKS}/holding`);
  expect([rejected.statusCode, rejected.json()]).toMatchObject([
    422,
    { code: 'UNPROCESSABLE_ENTITY', details: { reason: 'PACK_HAS_KEYS' } },
  ]);
  expect((await get(`${keys}/holding.key`)).statusCode).toBe(200);

  await remove(`${keys}/holding.key`);
  expect((await remove(`${PACKS}/holding`)).statusCode).toBe(200);
});

test('every user reads the standard pack and none changes it', async () => {
  const newUser = await testApi().createUser('without-sets');

  expect((await get(`${PACKS}/core`, newUser)).json()).toMatchObject({ data: { ref: 'core', is_standard: true } });
  expect((await put(`${PACKS}/core`, { label: 'Mine' })).statusCode).toBe(403);
  expect((await remove(`${PACKS}/core`)).statusCode).toBe(403);
  expect((await remove('/api/v1/actions/core.echo')).statusCode).toBe(403);
  expect((await put('/api/v1/actions/core.echo', { label: 'Mine' })).statusCode).toBe(403);
});

test('only its creator sees a pack created through the API', async () => {
  const maker = await testApi().createUser('maker', 'core.editor');
  const other = await testApi().createUser('other', 'core.admin');
  await create('own-pack', {}, maker);

  expect((await get(`${PACKS}/own-pack`, maker)).statusCode).toBe(200);
  expect((await get(`${PACKS}/own-pack`, other)).statusCode).toBe(404);
  expect((await remove(`${PACKS}/own-pack`, other)).statusCode).toBe(404);
  const refs = (await get(`${PACKS}?page_size=100`, other)).json<{ items: { ref: string }[] }>().items;
  expect(refs.map(({ ref }) => ref)).not.toContain('own-pack');
  expect((await create('own-pack', {}, other)).statusCode).toBe(409);
});

test('a duplicate is reported before a missing grant', async () => {
  const viewer = await testApi().createUser('viewer', 'core.viewer');
  await create('taken');

  expect((await create('taken', {}, viewer)).statusCode).toBe(409);
  expect((await create('not-taken', {}, viewer)).json()).toEqual({
    error: 'Insufficient permissions: packs:create',
    code: 'FORBIDDEN',
  });
});
