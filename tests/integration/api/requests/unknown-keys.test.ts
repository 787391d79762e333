import { withApi } from '../with-api';

const testApi = withApi();

const KEY = { owner_type: 'system', value: 'v', encrypted: false };

test('a response names the keys of the request that have no meaning', async () => {
  const payload = { ...KEY, name: 'first', ref: 'unknown.first', encryptd: true };
  const response = await testApi().call('POST', '/keys', payload);

  expect(response.statusCode).toBe(201);
  expect(response.json()).toMatchObject({
    data: { ref: 'unknown.first' },
    warnings: ["/encryptd: 'encryptd' has no meaning here. Did you mean 'encrypted'?"],
  });
});

test('a response names the keys of Attune that change nothing', async () => {
  const url = '/api/v1/packs/build-envs';
  const flags = { force_rebuild: true, nodejs_version: null, skip_nodejs: true };
  const why = 'a worker builds the environments when the pack is registered';

  const set = await testApi().send(
    { method: 'POST', url, payload: { pack_paths: ['/nowhere'], ...flags } },
    testApi().admin,
  );
  const unset = await testApi().send(
    { method: 'POST', url, payload: { pack_paths: ['/nowhere'], force_rebuild: false } },
    testApi().admin,
  );

  expect([set.statusCode, set.json<{ warnings: unknown }>().warnings]).toEqual([
    200,
    [`/force_rebuild: 'force_rebuild' changes nothing: ${why}`],
  ]);
  expect([unset.statusCode, 'warnings' in unset.json<object>()]).toEqual([200, false]);
});

test('an action stays enabled, and a response to a change names the key', async () => {
  const [packs, actions] = ['/api/v1/packs', '/api/v1/actions'];
  await testApi().send(
    { method: 'POST', url: packs, payload: { ref: 'stays', label: 's', version: '1.0.0' } },
    testApi().admin,
  );
  const action = { ref: 'stays.on', pack_ref: 'stays', label: 'a', entrypoint: 'true', runtime_ref: 'core.shell' };
  await testApi().send({ method: 'POST', url: actions, payload: action }, testApi().admin);

  const response = await testApi().send(
    { method: 'PUT', url: `${actions}/stays.on`, payload: { enabled: false } },
    testApi().admin,
  );

  expect(response.statusCode).toBe(200);
  expect(response.json()).toMatchObject({
    data: { enabled: true },
    warnings: [expect.stringMatching(/^\/enabled: 'enabled' has no meaning here/)],
  });
});

test('a response to known keys has no warnings', async () => {
  const payload = { ...KEY, name: 'second', ref: 'unknown.second' };
  const response = await testApi().call('POST', '/keys', payload);

  expect([response.statusCode, 'warnings' in response.json<object>()]).toEqual([201, false]);
});

test('a rejected request is only rejected', async () => {
  const payload = { ...KEY, name: 'second', ref: 'unknown.second', encryptd: true };
  const response = await testApi().call('POST', '/keys', payload);

  expect([response.statusCode, 'warnings' in response.json<object>()]).toEqual([409, false]);
});
