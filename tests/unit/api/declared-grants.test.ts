import type { Api } from '../../../platform/api/http/context';
import { CUSTOM_AUTHORIZATION } from '../../../platform/api/http/custom-authorization';
import { buildApi } from '../../../platform/api/http/server';
import { route } from '../../../platform/api/http/route';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const start = async (register: (api: Api) => void): Promise<void> => {
  await using api = buildApi(contextWithoutDatabase, [register]);
  await api.ready();
};
const handle = () => ({});

test('a route that is not public and declares no grant does not start', async () => {
  await expect(start((api) => api.get('/silent', handle))).rejects.toThrow(
    'route GET /silent is not public and declares no grant',
  );
});

test('a route that declares a grant that nothing enforces does not start', async () => {
  const config = { grant: 'rules:read' } as const;

  await expect(start((api) => api.get('/unenforced', { config }, handle))).rejects.toThrow(
    'route GET /unenforced declares the grant rules:read, which only route() enforces',
  );
});

test('a custom route that is not on the list does not start', async () => {
  const schema = { tags: [] };

  await expect(
    start((api) => route(api, { method: 'GET', path: '/own', grant: 'custom', schema, handle })),
  ).rejects.toThrow('route GET /own authorizes by itself and is not on the list CUSTOM_AUTHORIZATION');
});

test('a public route and a route that enforces its grant start', async () => {
  const schema = { tags: [] };

  await expect(
    start((api) => {
      api.get('/public', { config: { isPublic: true } }, handle);
      api.get('/open', { config: { grant: null } }, handle);
      route(api, { method: 'GET', path: '/guarded', grant: 'rules:read', schema, handle });
    }),
  ).resolves.toBeUndefined();
});

test('the custom routes are those of the list, each with its reason', async () => {
  const custom: string[] = [];
  const collect = (api: Api) => {
    api.addHook('onRoute', ({ method, url, config }) => {
      if (config?.isAuthorizedByHandler && method !== 'HEAD') custom.push(`${[method].flat().join()} ${url}`);
    });
  };
  await using api = buildApi(contextWithoutDatabase, [collect, ...ROUTES]);
  await api.ready();

  expect(custom.sort()).toEqual(Object.keys(CUSTOM_AUTHORIZATION).sort());
  expect(Object.values(CUSTOM_AUTHORIZATION).filter(({ reason }) => reason.length < 20)).toEqual([]);
});
