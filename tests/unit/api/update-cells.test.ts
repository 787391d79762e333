import { UPDATES, UPDATES_OUT } from '../../e2e/support/updates/all-updates';
import { buildApi } from '../../../platform/api/http/server';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const api = buildApi(contextWithoutDatabase, ROUTES);
afterAll(() => api.close());

interface Body {
  readonly content?: { 'application/json'?: { schema: { properties?: object } } };
}
type Operations = Readonly<Record<string, { readonly requestBody?: Body } | undefined>>;

/** The fields of each update below `/api/v1`. */
async function documentedUpdates(): Promise<Record<string, string[]>> {
  const { paths } = (await api.inject({ url: '/api-spec/openapi.json' })).json<{ paths: Record<string, Operations> }>();
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, { put, patch }]) => {
      if (!(put ?? patch) || !path.startsWith('/api/v1/')) return [];
      const { properties = {} } = (put ?? patch)!.requestBody?.content?.['application/json']?.schema ?? {};
      return [[path.slice('/api/v1'.length), Object.keys(properties).sort()]];
    }),
  );
}

test('every update has a change of each field, or a reason without one', async () => {
  const documented = await documentedUpdates();

  const inTables = UPDATES.map(({ route, changes, out = {} }) => [
    route,
    [...new Set([...changes.map(({ field }) => field), ...Object.keys(out)])].sort(),
  ]);
  const others = Object.keys(UPDATES_OUT).map((route) => [route, documented[route]]);
  expect(Object.fromEntries([...inTables, ...others])).toEqual(documented);
});
