import { ignoreNotFound, orNull } from '../../../helpers/client/null-on-not-found';
import { createClient } from '../../../helpers/client/client';
import { operationOf, rootVerb, verb } from '../../../helpers/client/operation';
import { clientVerbs } from '../../../helpers/docs/client-table';
import { ApiError } from '../../../helpers/errors';

test('a call contains the escaped path, the query and the body', () => {
  const put = verb('PUT /packs/{ref}/keys/{id}', (call, ref: string) => call({ ref, id: 7, body: { a: 1 } }));
  expect(put('a/b c')).toEqual({ method: 'PUT', path: '/packs/a%2Fb%20c/keys/7', root: false, body: { a: 1 } });
});

test('the operation of a verb has a path from the server’s root', () => {
  const list = verb(['GET /packs', 'list_packs'], (call) => call({ query: { page: 1 } }));
  const login = rootVerb('POST /auth/login', (call) => call());

  expect(operationOf(list)).toEqual({ method: 'GET', path: '/api/v1/packs', python: ['list_packs'] });
  expect(operationOf(login)).toEqual({ method: 'POST', path: '/auth/login', python: [] });
  expect(operationOf(() => 1)).toBeUndefined();
});

const rejectingVerb = (status: number) => {
  const error = new ApiError({ method: 'GET', path: '/x', status, code: 'C', message: 'm', body: '' });
  return verb('GET /x', () => Promise.reject<number>(error));
};

test('a 404 gives null or nothing, any other error is thrown', async () => {
  await expect(orNull(rejectingVerb(404))()).resolves.toBeNull();
  await expect(ignoreNotFound(rejectingVerb(404))()).resolves.toBeUndefined();
  await expect(orNull(rejectingVerb(403))()).rejects.toMatchObject({ status: 403 });
  await expect(ignoreNotFound(rejectingVerb(409))()).rejects.toMatchObject({ status: 409 });
});

test('every verb has an operation, every Python name one verb', () => {
  const names = clientVerbs(createClient({ baseUrl: 'http://nowhere.invalid' })).flatMap(
    ({ operation }) => operation.python,
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(50);
});
