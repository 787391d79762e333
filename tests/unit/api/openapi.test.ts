import { ROUTES } from '../../../platform/api/routes';
import { buildApi } from '../../../platform/api/http/server';
import { contextWithoutDatabase } from './context-without-database';

const api = buildApi(contextWithoutDatabase, ROUTES);
afterAll(() => api.close());

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { security?: object[]; responses: object }>>;
}

const readDocument = async (): Promise<Document> =>
  (await api.inject({ url: '/api-spec/openapi.json' })).json<Document>();

/** `/metrics` is for a scraper and `/` for a person: they are no operations of the API. */
const UNDESCRIBED = ['/metrics', '/'];

const servedOperations = (): string[] =>
  api.routeTable
    .filter(({ method, url }) => method !== 'HEAD' && !UNDESCRIBED.includes(url))
    .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}')}`);

test('the document describes exactly the served routes', async () => {
  const { openapi, paths } = await readDocument();

  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(openapi).toBe('3.1.0');
  expect(described.sort()).toEqual(servedOperations().sort());
  expect(described.length).toBeGreaterThan(20);
});

test('the document lists the public routes', async () => {
  const { paths } = await readDocument();

  const publicOperations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) =>
      security?.length === 0 ? [`${method.toUpperCase()} ${path}`] : [],
    ),
  );
  expect(publicOperations.sort()).toEqual([
    'DELETE /auth/session',
    'GET /api-spec/openapi.json',
    'GET /api/v1/agent/binary',
    'GET /api/v1/agent/info',
    'GET /api/v1/capabilities',
    'GET /auth/callback',
    'GET /auth/logout',
    'GET /auth/oidc/login',
    'GET /auth/settings',
    'GET /docs',
    'GET /health',
    'GET /health/detailed',
    'GET /health/identity',
    'GET /health/live',
    'GET /health/ready',
    'POST /api/v1/webhooks/{key}',
    'POST /auth/ldap/login',
    'POST /auth/login',
    'POST /auth/refresh',
    'POST /auth/register',
    'POST /auth/session',
    'POST /auth/session/renew',
    'POST /auth/token-login',
  ]);
});

test('every reference in the document resolves', async () => {
  const text = (await api.inject({ url: '/api-spec/openapi.json' })).body;
  const document: unknown = JSON.parse(text);
  const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? ''));

  const unresolved = [...references].filter((target) => {
    const steps = target.replace(/^#\//, '').split('/');
    return (
      steps.reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], document) ===
      undefined
    );
  });
  expect(unresolved).toEqual([]);
});

test('every guarded route authenticates before anything else', async () => {
  const publicOperations = new Set([
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
    '/auth/session',
    '/api/v1/webhooks/',
    '/api/v1/capabilities',
    '/api/v1/agent/',
  ]);
  const guarded = api.routeTable.filter(
    ({ url }) => ![...publicOperations].some((prefix) => url.startsWith(prefix)) && !UNDESCRIBED.includes(url),
  );

  for (const { method, url } of guarded) {
    const target = url.replaceAll(/:\w+/g, '1');
    const response = await api.inject({ method: method as 'GET', url: target, payload: method === 'POST' ? '{' : '' });
    expect([method, url, response.statusCode]).toEqual([method, url, 401]);
  }
  expect(guarded.length).toBeGreaterThan(20);
});

test('the page loads nothing from elsewhere', async () => {
  const page = await api.inject({ url: '/docs' });

  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.body).not.toMatch(/https?:\/\//);
});

test('every route is public or declares a grant', async () => {
  const { paths } = await readDocument();

  const undeclared = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, route]) =>
      route.security?.length === 0 || 'x-required-grant' in route ? [] : [`${method.toUpperCase()} ${path}`],
    ),
  );
  expect(undeclared).toEqual([]);
});
