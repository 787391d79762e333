import { withApi } from '../with-api';

const testApi = withApi();
let token: string;
beforeAll(async () => {
  token = await testApi().logIn();
});

const KEY = { owner_type: 'system', value: 'v', encrypted: false };

test('a response names the keys of the request that have no meaning', async () => {
  const payload = { ...KEY, name: 'first', ref: 'unknown.first', encryptd: true };
  const response = await testApi().send({ method: 'POST', url: '/api/v1/keys', payload }, token);

  expect(response.statusCode).toBe(201);
  expect(response.json()).toMatchObject({
    data: { ref: 'unknown.first' },
    warnings: ["/encryptd: 'encryptd' has no meaning here. Did you mean 'encrypted'?"],
  });
});

test('a response to known keys has no warnings', async () => {
  const payload = { ...KEY, name: 'second', ref: 'unknown.second' };
  const response = await testApi().send({ method: 'POST', url: '/api/v1/keys', payload }, token);

  expect([response.statusCode, 'warnings' in response.json<object>()]).toEqual([201, false]);
});

test('a rejected request is only rejected', async () => {
  const payload = { ...KEY, name: 'second', ref: 'unknown.second', encryptd: true };
  const response = await testApi().send({ method: 'POST', url: '/api/v1/keys', payload }, token);

  expect([response.statusCode, 'warnings' in response.json<object>()]).toEqual([409, false]);
});
