import { NOT_BUILT } from '../../../platform/api/not-built';
import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const api = buildApi(contextWithoutDatabase, ROUTES);
beforeAll(() => api.ready());
afterAll(() => api.close());

const ROWS = Object.entries(NOT_BUILT).flatMap(([feature, routes]) =>
  routes.map((route) => {
    const [method = '', pattern = ''] = route.split(' ');
    return { feature, route, method, url: pattern.replaceAll(/:\w+|\*/g, '1') };
  }),
);

test.each(ROWS)('$route is answered with the feature that is not built', async ({ feature, method, url }) => {
  const response = await api.inject({ method: method as 'GET', url });

  expect(response.statusCode).toBe(501);
  if (method === 'HEAD') return;
  expect(response.json()).toEqual({
    error: `${feature}: this platform does not have them yet`,
    code: 'NOT_IMPLEMENTED',
    details: { feature },
  });
});

test('no route that is served is listed as not built', () => {
  const served = api.routeTable.map(({ method, url }) => `${method} ${url.replaceAll(/:\w+/g, ':')}`);
  const listed = ROWS.map(({ route }) => route.replaceAll(/:\w+/g, ':'));
  expect(listed.filter((route) => served.includes(route))).toEqual([]);
});

test('other methods and paths beside them stay 405 and 404 without a body', async () => {
  const other = await api.inject({ method: 'PATCH', url: '/api/v1/artifacts/1' });
  const unknown = await api.inject({ method: 'GET', url: '/api/v1/queue' });
  expect([other.statusCode, other.body, unknown.statusCode, unknown.body]).toEqual([405, '', 404, '']);
});
