import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/server';
import { contextWithoutDatabase } from './stage';

const api = buildApi(contextWithoutDatabase, ROUTES);
afterAll(() => api.close());

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { security?: object[]; responses: object }>>;
}

const read = async (): Promise<Document> => (await api.inject({ url: '/api-spec/openapi.json' })).json<Document>();

const served = (): string[] =>
  api.routeTable
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);

test('what is served and what is described are the same', async () => {
  const { openapi, paths } = await read();

  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(openapi).toBe('3.1.0');
  expect(described.sort()).toEqual(served().sort());
  expect(described.length).toBeGreaterThan(20);
});

test('the document says which routes ask for no token', async () => {
  const { paths } = await read();

  const open = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) =>
      security?.length === 0 ? [`${method.toUpperCase()} ${path}`] : [],
    ),
  );
  expect(open.sort()).toEqual([
    'GET /api-spec/openapi.json',
    'GET /api/v1/capabilities',
    'GET /auth/callback',
    'GET /auth/logout',
    'GET /auth/oidc/login',
    'GET /auth/settings',
    'GET /docs',
    'GET /health',
    'GET /health/detailed',
    'GET /health/live',
    'GET /health/ready',
    'POST /api/v1/webhooks/{key}',
    'POST /auth/ldap/login',
    'POST /auth/login',
    'POST /auth/refresh',
    'POST /auth/register',
    'POST /auth/token-login',
  ]);
});

test('every reference in the document leads somewhere', async () => {
  const text = (await api.inject({ url: '/api-spec/openapi.json' })).body;
  const document: unknown = JSON.parse(text);
  const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? ''));

  const lost = [...references].filter((target) => {
    const steps = target.replace(/^#\//, '').split('/');
    return (
      steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document) === undefined
    );
  });
  expect(lost).toEqual([]);
});

test('every route that is not public asks for a token before all else', async () => {
  const open = new Set([
    '/health',
    '/docs',
    '/api-spec',
    '/auth/login',
    '/auth/register',
    '/auth/refresh',
    '/auth/settings',
    '/auth/token-login',
    '/auth/ldap',
    '/auth/oidc',
    '/auth/callback',
    '/auth/logout',
    '/api/v1/webhooks/',
  ]);
  const guarded = api.routeTable.filter(
    ({ url }) => ![...open].some((prefix) => url.startsWith(prefix)) && url !== '/api/v1/capabilities',
  );

  for (const { method, url } of guarded) {
    const target = url.replaceAll(/:\w+/g, '1');
    const answer = await api.inject({ method: method as 'GET', url: target, payload: method === 'POST' ? '{' : '' });
    expect([method, url, answer.statusCode]).toEqual([method, url, 401]);
  }
  expect(guarded.length).toBeGreaterThan(20);
});

test('the page needs nothing from elsewhere', async () => {
  const page = await api.inject({ url: '/docs' });

  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.body).not.toMatch(/https?:\/\//);
});

test('every route is public, or says which right it asks for', async () => {
  const { paths } = await read();

  const silent = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, route]) =>
      route.security?.length === 0 || 'x-required-grant' in route ? [] : [`${method.toUpperCase()} ${path}`],
    ),
  );
  expect(silent).toEqual([]);
});
