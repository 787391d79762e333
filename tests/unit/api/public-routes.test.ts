import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/server';
import { contextWithoutDatabase } from './stage';

const api = buildApi(contextWithoutDatabase, ROUTES);
afterAll(() => api.close());

test.each([
  ['/health', 200, '{"status":"ok"}'],
  ['/health/live', 200, ''],
  ['/health/ready', 503, ''],
  ['/health/detailed', 503, '{"status":"error","database":"disconnected","error":"the database does not answer"}'],
])('%s without a database answers %i', async (url, status, body) => {
  const answer = await api.inject({ url, headers: { authorization: 'Bearer wrong' } });

  expect([answer.statusCode, answer.body]).toEqual([status, body]);
});

test('the manifest is public', async () => {
  const answer = await api.inject({ url: '/api/v1/capabilities' });

  expect(answer.json()).toEqual({ data: contextWithoutDatabase.manifest() });
});

test('a fault of ours shows nothing of itself', async () => {
  const answer = await api.inject({ method: 'POST', url: '/auth/login', payload: { login: 'a', password: 'b' } });

  expect([answer.statusCode, answer.body]).toEqual([
    500,
    '{"error":"Internal server error","code":"INTERNAL_SERVER_ERROR"}',
  ]);
});

test.each([
  ['http://localhost:5173', 'http://localhost:5173', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
  ['https://elsewhere.example', undefined, undefined],
  ['null', undefined, undefined],
])('a preflight from %s', async (origin, allowed, methods) => {
  const answer = await api.inject({
    method: 'OPTIONS',
    url: '/api/v1/executions',
    headers: { origin, 'access-control-request-method': 'POST' },
  });

  const { headers } = answer;
  expect(answer.statusCode).toBe(200);
  expect(headers['access-control-allow-origin']).toBe(allowed);
  expect(headers['access-control-allow-methods']).toBe(methods);
});
