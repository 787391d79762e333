import { pino } from 'pino';
import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/http/server';
import { contextWithoutDatabase } from './context-without-database';

const api = buildApi(contextWithoutDatabase, ROUTES);
afterAll(() => api.close());

test.each([
  ['/health', 200, '{"status":"ok"}'],
  ['/health/live', 200, ''],
  ['/health/ready', 503, '{"status":"not_ready","failed":[{"part":"database","reason":"NO_ANSWER"}]}'],
  ['/health/detailed', 503, '{"status":"error","database":"disconnected","error":"the database does not answer"}'],
])('%s without a database answers %i', async (url, status, body) => {
  const response = await api.inject({ url, headers: { authorization: 'Bearer wrong' } });

  expect([response.statusCode, response.body]).toEqual([status, body]);
});

test('without extensions the readiness is the status alone', async () => {
  const plain = buildApi({ ...contextWithoutDatabase, extensions: false }, ROUTES);

  const response = await plain.inject({ url: '/health/ready' });

  await plain.close();
  expect([response.statusCode, response.body]).toEqual([503, '']);
});

test('the manifest is public', async () => {
  const response = await api.inject({ url: '/api/v1/capabilities' });

  expect(response.json()).toEqual({ data: contextWithoutDatabase.manifest() });
});

test('an internal error reveals nothing', async () => {
  const response = await api.inject({ method: 'POST', url: '/auth/login', payload: { login: 'a', password: 'b' } });

  expect([response.statusCode, response.body]).toEqual([
    500,
    '{"error":"Internal server error","code":"INTERNAL_SERVER_ERROR"}',
  ]);
});

test('the log has the message and the stack of an internal error', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
  const logging = buildApi(contextWithoutDatabase, ROUTES, log);

  await logging.inject({ method: 'POST', url: '/auth/login', payload: { login: 'a', password: 'b' } });

  await logging.close();
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    expect.objectContaining({
      msg: 'a request failed',
      method: 'POST',
      route: '/auth/login',
      request: expect.stringMatching(/^[0-9a-f-]{36}$/),
      err: expect.objectContaining({ message: expect.stringMatching('.'), stack: expect.stringMatching('\n +at ') }),
    }),
  ]);
});

test.each([
  ['http://localhost:5173', 'http://localhost:5173', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
  ['https://elsewhere.example', undefined, undefined],
  ['null', undefined, undefined],
])('a preflight from %s', async (origin, allowedOrigin, methods) => {
  const response = await api.inject({
    method: 'OPTIONS',
    url: '/api/v1/executions',
    headers: { origin, 'access-control-request-method': 'POST' },
  });

  const { headers } = response;
  expect(response.statusCode).toBe(200);
  expect(headers['access-control-allow-origin']).toBe(allowedOrigin);
  expect(headers['access-control-allow-methods']).toBe(methods);
});
