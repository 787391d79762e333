import type { Call } from '../../../helpers/client/call';
import { ApiError } from '../../../helpers/errors';
import { expectLists, type ListReader } from '../../e2e/support/lists/expect-lists';
import { PLATFORM_LISTS, type PlatformRows } from '../../e2e/support/lists/platform-lists';
import type { Row } from '../../e2e/support/lists/row';
import { withApi } from './with-api';

const testApi = withApi();

/** Sends as the first administrator. Throws ApiError for a response that is no success. */
async function send({ method, path, query = {}, body }: Call): Promise<unknown> {
  const set = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  const request = { method: method as 'GET', url: path, query: Object.fromEntries(set) };
  const response = await testApi().send({ ...request, ...(body !== undefined && { payload: body }) }, testApi().admin);
  const { statusCode: status, body: text } = response;
  if (status < 400) return response.json();
  throw new ApiError({ method, path, status, code: 'REFUSED', message: text, body: text });
}

const client: ListReader = { request: { body: (_schema, call) => send(call) } };

const get = async (path: string) => (await send({ method: 'GET', path: `/api/v1${path}` })) as Row & { data: Row };

/** Slugs in another order than their creation, and one that is the beginning of another. */
async function createTenants(): Promise<Row[]> {
  const bodies = ['two', 'one', 'ones'].map((slug) => ({
    slug,
    name: `Tenant ${slug}`,
    admin: { login: `first@${slug}`, password: 'long-enough-1' },
  }));
  for (const body of bodies) await send({ method: 'POST', path: '/api/v1/tenants', body });
  await send({ method: 'PUT', path: '/api/v1/tenants/one', body: { frozen: true, slot_weight: 2 } });
  const slugs = ['default', ...bodies.map(({ slug }) => slug)];
  const rows = await Promise.all(slugs.map(async (slug) => (await get(`/tenants/${slug}`)).data));
  expect(rows.map(({ slug, frozen, slot_weight }) => [slug, frozen, slot_weight])).toEqual([
    ['default', false, 1],
    ['two', false, 1],
    ['one', true, 2],
    ['ones', false, 1],
  ]);
  return rows;
}

/** A heartbeat to come has the age 0 for as long as the test runs. */
const ALIVE = { last_heartbeat: '2999-01-01T00:00:00Z' };

const WORKERS = [
  { name: 'idle', ...ALIVE },
  { name: 'busy', ...ALIVE, capabilities: '{"active_rules": 1}' },
  { name: 'silent', last_heartbeat: null },
  { name: 'broken', status: 'error', worker_role: 'sensor', ...ALIVE },
  { name: 'closed', cordoned: true, ...ALIVE },
  { name: 'closed-sensor', cordoned: true, worker_role: 'sensor', last_heartbeat: null },
  { name: 'off', status: 'inactive', ...ALIVE },
  { name: 'sensing', worker_role: 'sensor', capabilities: '{"sensor_processes_running": 1}', ...ALIVE },
];

async function createWorkers(): Promise<Row[]> {
  const ids: number[] = [];
  for (const columns of WORKERS) {
    const row = { slots: 4, ...columns };
    const places = Object.keys(row).map((_, at) => `$${at + 1}`);
    const { rows } = await testApi().owner.query<{ id: number }>(
      `insert into worker (${Object.keys(row).join()}) values (${places.join()}) returning id`,
      Object.values(row),
    );
    ids.push(rows[0]!.id);
  }
  const shown = await Promise.all(ids.map((id) => get(`/workers/${id}`)));
  expect(shown.map(({ name, worker_role, status, health_state }) => [name, worker_role, status, health_state])).toEqual(
    [
      ['idle', 'action', 'active', 'active'],
      ['busy', 'action', 'busy', 'busy'],
      ['silent', 'action', 'active', 'offline'],
      ['broken', 'sensor', 'error', 'error'],
      ['closed', 'action', 'active', 'cordoned'],
      ['closed-sensor', 'sensor', 'active', 'cordoned'],
      ['off', 'action', 'inactive', 'offline'],
      ['sensing', 'sensor', 'busy', 'busy'],
    ],
  );
  return shown;
}

test('every filter and page of tenants and workers has its rows, in order', async () => {
  const rows: PlatformRows = { tenants: await createTenants(), workers: await createWorkers() };

  await expectLists({ client, own: rows, twin: { tenants: [], workers: [] } }, PLATFORM_LISTS);
});
