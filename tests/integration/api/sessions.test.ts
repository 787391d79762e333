import { decodeJwt } from 'jose';
import { platformNow } from '../../../platform/base/tenant-clocks';
import { withApi } from './with-api';

const testApi = withApi();

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

const post = (url: string, payload: object, token?: string) => testApi().send({ method: 'POST', url, payload }, token);
const tokensOf = async (path: string, login: string, password: string): Promise<Tokens> =>
  (await post(path, { login, password })).json<{ data: Tokens }>().data;
const logIn = (login: string, password = 'long-enough-1') => tokensOf('/auth/login', login, password);
const register = (login: string) => tokensOf('/auth/register', login, 'long-enough-1');
const statusOf = async ({ access_token }: Tokens) =>
  (await testApi().send({ url: '/auth/me' }, access_token)).statusCode;
const refresh = ({ refresh_token }: Tokens) => post('/auth/refresh', { refresh_token });

test('AU-04 a changed password ends every session at once', async () => {
  const [first, second] = [await register('all@example.test'), await logIn('all@example.test')];
  const change = { current_password: 'long-enough-1', new_password: 'another-one-2' };

  expect((await post('/auth/change-password', change, first.access_token)).statusCode).toBe(200);

  expect([await statusOf(first), await statusOf(second)]).toEqual([401, 401]);
  expect([(await refresh(first)).statusCode, (await refresh(second)).statusCode]).toEqual([401, 401]);
  const next = await logIn('all@example.test', 'another-one-2');
  expect([await statusOf(next), (await refresh(next)).statusCode]).toEqual([200, 200]);
});

test('AU-04 a password set by an administrator ends every session', async () => {
  const tokens = await register('set@example.test');
  const admin = await testApi().logIn();
  const { data } = (await testApi().send({ url: '/auth/me' }, tokens.access_token)).json<{ data: { id: number } }>();
  const url = `/api/v1/identities/${data.id}`;

  await testApi().send({ method: 'PUT', url, payload: { display_name: 'Same session' } }, admin);
  expect(await statusOf(tokens)).toBe(200);
  await testApi().send({ method: 'PUT', url, payload: { password: 'another-one-2' } }, admin);

  expect([await statusOf(tokens), (await refresh(tokens)).statusCode]).toEqual([401, 401]);
  expect(await statusOf(await logIn('set@example.test', 'another-one-2'))).toBe(200);
});

test('AU-04 logging out ends the session of the cookie and no other', async () => {
  const [ended, other] = [await register('out@example.test'), await logIn('out@example.test')];
  const refreshed = (await refresh(ended)).json<{ data: Tokens }>().data;

  const headers = { cookie: `attune_access_token=${ended.access_token}` };
  expect((await testApi().send({ url: '/auth/logout', headers })).statusCode).toBe(307);

  expect([await statusOf(ended), await statusOf(refreshed), (await refresh(refreshed)).statusCode]).toEqual([
    401, 401, 401,
  ]);
  expect([await statusOf(other), (await refresh(other)).statusCode]).toEqual([200, 200]);
});

const PATH = '/api/v1/identities/1/integration-tokens';

/** Two integration tokens of the administrator, and the tokens of a log-in with each. */
async function loggedInByTokens(admin: string, expires_at?: string) {
  const created = await Promise.all(['one', 'other'].map((label) => post(PATH, { label, expires_at }, admin)));
  const tokens = created.map((each) => each.json<{ data: CreatedToken }>().data);
  const logIns = await Promise.all(tokens.map(({ token }) => post('/auth/token-login', { token })));
  return tokens.map(({ integration_token: { id } }, n) => ({ id, ...logIns[n]!.json<{ data: IssuedTokens }>().data }));
}

interface CreatedToken {
  readonly token: string;
  readonly integration_token: { readonly id: number };
}

type IssuedTokens = Tokens & { readonly expires_in: number };

test.each<[string, (admin: string, id: number) => Promise<unknown>]>([
  ['is revoked', (admin, id) => post(`${PATH}/${id}/revoke`, {}, admin)],
  ['is removed', (admin, id) => testApi().send({ method: 'DELETE', url: `${PATH}/${id}` }, admin)],
  [
    'expires',
    (_, id) => testApi().owner.query('update integration_token set expires_at = platform_now() where id = $1', [id]),
  ],
])('AU-04 the session of an integration token ends as soon as it %s', async (_, end) => {
  const admin = await testApi().logIn();
  const [ended, other] = await loggedInByTokens(admin);
  const refreshed = (await refresh(ended!)).json<{ data: Tokens }>().data;

  await end(admin, ended!.id);

  expect([await statusOf(ended!), await statusOf(refreshed), (await refresh(refreshed)).statusCode]).toEqual([
    401, 401, 401,
  ]);
  expect([
    await statusOf(other!),
    (await refresh(other!)).statusCode,
    await statusOf({ ...other!, access_token: admin }),
  ]).toEqual([200, 200, 200]);
});

test('an access token ends no later than its integration token', async () => {
  const admin = await testApi().logIn();
  const end = (Math.floor(platformNow(null) / 1_000) + 600) * 1_000;

  const [first] = await loggedInByTokens(admin, new Date(end).toISOString());

  const { exp, iat } = decodeJwt(first!.access_token) as { exp: number; iat: number };
  expect([exp - iat, exp]).toEqual([first!.expires_in, end / 1_000]);
});

test.each([
  ['the access token', ({ access_token }: Tokens) => ({ authorization: `Bearer ${access_token}` })],
  ['the refresh token', ({ refresh_token }: Tokens) => ({ authorization: `Bearer ${refresh_token}` })],
  [
    'the refresh token in a cookie',
    ({ refresh_token }: Tokens) => ({ cookie: `attune_refresh_token=${refresh_token}` }),
  ],
])('AU-04 logging out with %s ends its session and no other', async (kind, headersOf) => {
  const login = `${kind.replaceAll(' ', '-')}@example.test`;
  const [ended, other] = [await register(login), await logIn(login)];

  const { statusCode, headers } = await testApi().send({ url: '/auth/logout', headers: headersOf(ended) });

  expect([statusCode, headers.location]).toEqual([307, '/login']);
  expect([await statusOf(ended), (await refresh(ended)).statusCode]).toEqual([401, 401]);
  expect([await statusOf(other), (await refresh(other)).statusCode]).toEqual([200, 200]);
});

test('logging out with an invalid token clears the cookies', async () => {
  const cookie = 'attune_access_token=no-token; attune_refresh_token=neither';
  const headers = { cookie, authorization: 'Bearer no-token' };

  expect((await testApi().send({ url: '/auth/logout', headers })).statusCode).toBe(307);
});

test('AU-06 attempts to change a password are limited like log-ins', async () => {
  const { access_token } = await register('guessed@example.test');
  const change = (current_password: string) =>
    post('/auth/change-password', { current_password, new_password: 'another-one-2' }, access_token);

  for (let n = 0; n < 10; n++) expect((await change('wrong')).statusCode).toBe(401);

  expect((await change('long-enough-1')).statusCode).toBe(429);
});

test('AU-06 wrong attempts of others do not lock a login out of its address', async () => {
  await register('usual@example.test');
  const attempt = (password: string, remoteAddress: string) =>
    testApi().send({
      method: 'POST',
      url: '/auth/login',
      payload: { login: 'usual@example.test', password },
      remoteAddress,
    });
  expect((await attempt('long-enough-1', '192.0.2.1')).statusCode).toBe(200);

  for (let n = 0; n < 11; n++) await attempt('wrong', `198.51.100.${n}`);

  expect((await attempt('long-enough-1', '203.0.113.1')).statusCode).toBe(429);
  expect((await attempt('long-enough-1', '192.0.2.1')).statusCode).toBe(200);
  for (let n = 0; n < 10; n++) expect((await attempt('wrong', '192.0.2.1')).statusCode).toBe(401);
  expect((await attempt('long-enough-1', '192.0.2.1')).statusCode).toBe(429);
});
