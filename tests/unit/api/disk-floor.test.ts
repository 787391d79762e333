import fastify from 'fastify';
import type { Api } from '../../../platform/api/http/context';
import { handleError } from '../../../platform/api/http/error-handler';
import { buildApi } from '../../../platform/api/http/server';
import { rejectBelowDiskFloor, SERVED_WITHOUT_SPACE } from '../../../platform/api/http/reject-below-disk-floor';
import { ROUTES } from '../../../platform/api/routes';
import { contextWithoutDatabase } from './context-without-database';

const platform = buildApi(contextWithoutDatabase, ROUTES);
const stub: Api = fastify();
let isShort = true;
const served: string[] = [];

beforeAll(async () => {
  await platform.ready();
  const shortage = () => Promise.resolve(isShort ? ({ resource: 'bytes', free: 1, floor: 2 } as const) : null);
  stub.setErrorHandler(handleError);
  rejectBelowDiskFloor(stub, { diskFloor: { shortage } });
  for (const { method, url } of names())
    stub.route({ method, url, exposeHeadRoute: false, handler: () => served.push(`${method} ${url}`) && '' });
});
beforeEach(() => served.splice(0));
afterAll(() => Promise.all([platform.close(), stub.close()]));

const names = () => platform.routeTable.filter(({ url }) => !url.startsWith('/docs') && url !== '*');

/** Sends a request to each route, and returns those that its handler did not see. */
async function rejected(): Promise<string[]> {
  const all = names().map(({ method, url }) => `${method} ${url}`);
  for (const name of all) {
    const [method, url] = name.split(' ') as ['GET', string];
    await stub.inject({ method, url: url.replaceAll(/:\w+|\*/g, '1') });
  }
  return all.filter((name) => !served.includes(name));
}

test('below the floor all that stores more is rejected, and the rest is served', async () => {
  isShort = true;

  const storing = names()
    .filter(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method))
    .map(({ method, url }) => `${method} ${url}`);
  expect(await rejected()).toEqual(storing.filter((name) => !SERVED_WITHOUT_SPACE.has(name)));
});

test('every request that is served without space exists', () => {
  const known = new Set(names().map(({ method, url }) => `${method} ${url}`));

  expect([...SERVED_WITHOUT_SPACE].filter((name) => !known.has(name))).toEqual([]);
});

test('above the floor everything is served', async () => {
  isShort = false;

  expect(await rejected()).toEqual([]);
});

test('the response says what to do, and when to try again', async () => {
  isShort = true;

  const response = await stub.inject({ method: 'POST', url: '/api/v1/keys', payload: {} });

  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '3']);
  expect(response.json()).toMatchObject({ code: 'DISK_FLOOR', details: { reason: 'DISK_FLOOR' } });
});
