import { ifThere, orNone } from '../../../helpers/client/absence';
import { createClient } from '../../../helpers/client/client';
import { operationOf, rootVerb, verb } from '../../../helpers/client/operation';
import { verbsOf } from '../../../helpers/client-table';
import { ApiError } from '../../../helpers/errors';

test('a route is filled with the escaped names of its path, and carries the query and the body', () => {
  const act = verb('PUT /packs/{ref}/keys/{id}', (call) => (ref: string) => call({ ref, id: 7, body: { a: 1 } }));
  expect(act('a/b c')).toEqual({ method: 'PUT', path: '/packs/a%2Fb%20c/keys/7', root: false, body: { a: 1 } });
});

test('a verb tells its operation from the server’s root', () => {
  const list = verb('GET /packs', (call) => () => call({ query: { page: 1 } }), 'list_packs');
  const login = rootVerb('POST /auth/login', (call) => () => call());

  expect(operationOf(list)).toEqual({ method: 'GET', path: '/api/v1/packs', python: ['list_packs'] });
  expect(operationOf(login)).toEqual({ method: 'POST', path: '/auth/login', python: [] });
  expect(operationOf(() => 1)).toBeUndefined();
});

const refused = (status: number) => {
  const error = new ApiError({ method: 'GET', path: '/x', status, code: 'C', message: 'm', body: '' });
  return verb('GET /x', () => () => Promise.reject<number>(error));
};

test('what is not there is null or nothing, and every other refusal is thrown', async () => {
  await expect(orNone(refused(404))()).resolves.toBeNull();
  await expect(ifThere(refused(404))()).resolves.toBeUndefined();
  await expect(orNone(refused(403))()).rejects.toMatchObject({ status: 403 });
  await expect(ifThere(refused(409))()).rejects.toMatchObject({ status: 409 });
});

test('every verb of the client carries an operation, and no Python name stands for two', () => {
  const names = verbsOf(createClient({ baseUrl: 'http://nowhere.invalid' })).flatMap(
    ({ operation }) => operation.python,
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(50);
});
