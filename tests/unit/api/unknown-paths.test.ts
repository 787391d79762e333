import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const api = buildApi(contextWithoutDatabase, ROUTES);
afterAll(() => api.close());

test.each([
  ['another method of a path', 'PATCH', '/api/v1/artifacts/1', 405],
  ['another method of any path below one', 'POST', '/api/v1/internal/files/a/b', 405],
  ['an unknown path', 'GET', '/api/v1/queue', 404],
  ['an empty segment', 'GET', '/api/v1/packs/', 404],
] as const)('%s is answered without a body and a token', async (_case, method, url, status) => {
  const response = await api.inject({ method, url });

  expect([response.statusCode, response.body]).toEqual([status, '']);
});
