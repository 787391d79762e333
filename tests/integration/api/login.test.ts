import { parseAddressList } from '../../../platform/base/http/address-list';
import { withApi } from './with-api';

const trustedProxies = parseAddressList(['127.0.0.1', '192.0.2.1']).list;
const testApi = withApi({ refreshRotation: true, trustedProxies });

const post = (path: string, payload: object, token?: string) =>
  testApi().send({ method: 'POST', url: path, payload }, token);

interface Tokens {
  access_token: string;
  refresh_token: string;
}

async function registered(login: string): Promise<Tokens> {
  const response = await post('/auth/register', { login, password: 'long-enough-1' });
  return response.json<{ data: Tokens }>().data;
}

const refresh = (refresh_token: string) => post('/auth/refresh', { refresh_token });

test('a reused refresh token revokes its whole family', async () => {
  const first = await registered('rotated@example.test');
  const second = (await refresh(first.refresh_token)).json<{ data: Tokens }>().data;
  await testApi().owner.query(`update refresh_family set rotated_at = rotated_at - interval '3 s'`);

  const reused = await refresh(first.refresh_token);

  expect([reused.statusCode, reused.json()]).toMatchObject([401, { details: { reason: 'REFRESH_REUSED' } }]);
  expect((await refresh(second.refresh_token)).statusCode).toBe(401);
});

test('of many concurrent refreshes one succeeds, and its family stays valid', async () => {
  const { refresh_token } = await registered('at-once@example.test');

  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));

  const good = answers.filter(({ statusCode }) => statusCode === 200);
  expect([good.length, answers.filter(({ statusCode }) => statusCode === 401).length]).toEqual([1, 19]);
  expect((await refresh(good[0]!.json<{ data: Tokens }>().data.refresh_token)).statusCode).toBe(200);
});

test('a login lock expires', async () => {
  await registered('locked@example.test');
  const logIn = (password: string) => post('/auth/login', { login: 'locked@example.test', password });
  for (let n = 0; n < 10; n++) expect((await logIn('wrong')).statusCode).toBe(401);
  const locked = await logIn('long-enough-1');
  expect([locked.statusCode, Number(locked.headers['retry-after'])]).toEqual([429, expect.any(Number)]);

  await testApi().owner.query(`update failed_login set ends_at = ends_at - interval '61 s'`);

  expect((await logIn('long-enough-1')).statusCode).toBe(200);
});

test.each([
  ['a list that ends with the address', (n: number) => `198.51.100.${n}, 203.0.113.77`],
  ['what is no address, so that the proxy counts', (n: number) => `203.0.113.${n}, unknown-${n}`],
])('a forged header does not take attempts out of the limit: %s', async (_, forwarded) => {
  const attempt = (n: number) =>
    testApi().send({
      method: 'POST',
      url: '/auth/login',
      payload: { login: `unknown-${n}@example.test`, password: 'wrong' },
      headers: { 'x-forwarded-for': `${forwarded(n)}, 127.0.0.1` },
      remoteAddress: '192.0.2.1',
    });
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++) statuses.push((await attempt(n)).statusCode);

  expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
});

test('log-ins that succeed do not count for the limit of their address', async () => {
  await registered('often@example.test');
  const logIn = async (login: string, password: string) => {
    const headers = { 'x-forwarded-for': '203.0.113.5' };
    const request = { method: 'POST', url: '/auth/login', payload: { login, password }, headers } as const;
    return (await testApi().send({ ...request, remoteAddress: '192.0.2.1' })).statusCode;
  };
  const statuses: number[] = [];
  for (let n = 0; n < 11; n++) statuses.push(await logIn('often@example.test', 'long-enough-1'));
  for (let n = 0; n < 11; n++) statuses.push(await logIn(`unknown-${n}@example.test`, 'wrong'));

  expect(statuses).toEqual([...Array<number>(11).fill(200), ...Array<number>(10).fill(401), 429]);
});

test('an integration token is created, used, listed and revoked', async () => {
  const admin = await testApi().logIn();
  const path = '/api/v1/identities/1/integration-tokens';
  const past = await post(path, { label: 'late', expires_at: '2020-01-01T00:00:00Z' }, admin);
  expect([past.statusCode, past.json()]).toMatchObject([400, { code: 'BAD_REQUEST' }]);

  const made = await post(path, { label: 'robot', expires_at: '2999-01-01T00:00:00Z' }, admin);
  const { token, integration_token } = made.json<{ data: { token: string; integration_token: { id: number } } }>().data;
  expect(token).toMatch(/^attune_it_[\w-]{43}$/);
  expect(integration_token).toMatchObject({
    identity_id: 1,
    label: 'robot',
    active: true,
    token_prefix: token.slice(0, 18),
    token_suffix: token.slice(-6),
  });
  expect((await post('/auth/token-login', { token })).statusCode).toBe(200);
  for (const expires_at of ['soon', '2030-01-01T00:00:00+16:00', '+012030-01-01T00:00:00Z', '2030-02-30T00:00:00Z']) {
    const never = await post(path, { label: 'robot', expires_at }, admin);
    expect([never.statusCode, never.json()]).toMatchObject([422, { code: 'VALIDATION_ERROR' }]);
  }

  const listed = await testApi().send({ url: path }, admin);
  expect(listed.json<{ data: object[] }>().data).toMatchObject([
    { label: 'robot', last_used_at: expect.any(String), last_used_ip: '127.0.0.1' },
  ]);
  expect(listed.body).not.toContain(token);
  await testApi().owner.query(`update integration_token set expires_at = '2020-01-01'`);
  expect((await post('/auth/token-login', { token })).statusCode).toBe(401);
  const elsewhere = `/api/v1/identities/999/integration-tokens/${integration_token.id}/revoke`;
  expect((await post(elsewhere, {}, admin)).statusCode).toBe(404);
});

test.each([
  ['/auth/ldap/login', { login: 'a', password: 'b' }, 501],
  ['/auth/ldap/login', { login: '' }, 422],
])('%s with %j answers %i', async (path, body, status) => {
  expect((await post(path, body)).statusCode).toBe(status);
});

test.each(['/auth/oidc/login', '/auth/callback'])('%s is not configured', async (url) => {
  const response = await testApi().send({ url });

  expect([response.statusCode, response.json()]).toMatchObject([501, { code: 'NOT_IMPLEMENTED' }]);
});
