import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { createClient } from '../../../../helpers/client/client';
import { createFileTenant } from '../../../../helpers/scenario/time/file-tenant';
import { createRunDirectory } from '../../../../helpers/target/run-directory';

const FILE = 'tests/e2e/tier2/t2-08-retry-delays.test.ts';
const START = '2026-01-27T10:00:00.000000Z';
const CLOCK = { mode: 'pinned', now: START, real_now: START, next_due_at: null, due: 0, in_flight: 0 };
const TENANT = { id: 7, slug: 's', name: 'n', frozen: false, slot_weight: 1, created: START };

/** Starts a platform that notes its calls, with their tokens, and whose tokens last an hour. */
async function startPlatform() {
  const calls: string[] = [];
  let logins = 0;
  const answer = (call: string): unknown => {
    if (call.startsWith('POST /auth/login')) {
      return { access_token: `t${++logins}`, refresh_token: 'r', token_type: 'Bearer', expires_in: 3_600 };
    }
    if (call.includes('/clock')) return CLOCK;
    if (call.startsWith('DELETE')) return { slug: 's', rows: {}, files: {} };
    return call.startsWith('POST /api/v1/tenants')
      ? { ...TENANT, admin: { id: 9, login: 'l', display_name: null } }
      : TENANT;
  };
  const server = createServer((request, response) => {
    const call = `${request.method} ${request.url}`;
    calls.push(`${call} ${request.headers.authorization ?? '-'}`.replace(/e2e-[\w-]+/, 'SLUG'));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: answer(call) }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, calls, [Symbol.dispose]: () => server.close() };
}

test('the tenant of a file has a pinned clock, and a token that is renewed', async () => {
  using platform = await startPlatform();
  const directory = createRunDirectory(null);
  const { url, calls } = platform;

  const tenant = await createFileTenant({ url, token: 'run', run: '7q2x', directory: directory.path }, FILE);
  const client = createClient({ baseUrl: url, token: tenant.token });
  await client.clock.get();
  await tenant.renewToken('2026-01-27T10:58:59.999999Z');
  await client.clock.get();
  await tenant.renewToken('2026-01-30T10:00:00.000000Z');
  await client.clock.get();
  await tenant.renewToken('2026-01-30T10:30:00.000000Z');
  await tenant.remove();

  expect(existsSync(join(tenant.directory, 'fixtures'))).toBe(true);
  directory.remove();
  expect(calls).toEqual([
    'POST /api/v1/tenants Bearer run',
    'POST /auth/login -',
    'PUT /api/v1/clock Bearer t1',
    'GET /api/v1/clock Bearer t1',
    'GET /api/v1/clock Bearer t1',
    'POST /auth/login -',
    'GET /api/v1/clock Bearer t2',
    'PUT /api/v1/tenants/SLUG Bearer run',
    'DELETE /api/v1/tenants/SLUG Bearer run',
  ]);
});
