import { buildApi } from '../../../platform/api/http/server';
import type { Api } from '../../../platform/api/http/context';
import { ROUTES } from '../../../platform/api/routes';
import { EXTENSION_ROUTES } from '../../e2e/support/extension-routes';
import { OPERATIONS } from '../../attune/operations';
import { contextWithoutDatabase } from './context-without-database';

const plain = buildApi({ ...contextWithoutDatabase, extensions: false }, ROUTES);
const extended = buildApi(contextWithoutDatabase, ROUTES);
beforeAll(async () => Promise.all([plain.ready(), extended.ready()]));
afterAll(() => Promise.all([plain.close(), extended.close()]));

const operations = (api: Api): string[] =>
  api.routeTable.filter(({ method }) => method !== 'HEAD').map(({ method, url }) => `${method} ${url}`);

const withoutNames = (operation: string): string => operation.replaceAll(/:\w+|\{\w+\}|\*/g, '{}');

test('a platform without extensions serves operations of Attune alone', () => {
  const known = new Set(['GET /docs', ...Object.keys(OPERATIONS).map(withoutNames)]);

  expect(operations(plain).filter((operation) => !known.has(withoutNames(operation)))).toEqual([]);
});

test('extensions add their own operations and replace none', () => {
  const served = new Set(operations(plain));
  const added = operations(extended).filter((operation) => !served.has(operation));

  expect(served.size + added.length).toBe(operations(extended).length);
  const ofClient = EXTENSION_ROUTES.map((route) => route.replaceAll(/\{(\w+)\}/g, ':$1'));
  const ofPage = ['GET /', 'POST /auth/session', 'POST /auth/session/renew', 'DELETE /auth/session'];
  expect(added.sort()).toEqual([...ofClient, ...ofPage, 'GET /metrics'].sort());
});

test('a route of an extension is an unknown path without extensions', async () => {
  const response = await plain.inject({ url: '/api/v1/capabilities' });

  expect([response.statusCode, response.body]).toEqual([404, '']);
});

test('the document without extensions names no key of an extension', async () => {
  const document = async (api: Api) => (await api.inject({ url: '/api-spec/openapi.json' })).body;
  const names = ['finished_at', 'if_version', 'correlation_id', 'default_response', 'timer_state'];

  const inPlain = await document(plain);
  const inExtended = await document(extended);

  expect(names.filter((name) => !inExtended.includes(`"${name}"`))).toEqual([]);
  expect(names.filter((name) => inPlain.includes(`"${name}"`))).toEqual([]);
  expect(inPlain).not.toContain('"extension"');
});
