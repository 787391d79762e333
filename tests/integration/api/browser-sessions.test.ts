import { withApi } from './with-api';

const testApi = withApi({ refreshRotation: true, stackId: '0123456789ab' });

const SESSION = '/auth/session';
const CREDENTIALS = { login: 'page@example.test', password: 'long-enough-1' };
const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' };

const post = (url: string, payload?: object, headers: Record<string, string> = SAME_ORIGIN) =>
  testApi().send({ method: 'POST', url, headers, ...(payload && { payload }) });
const renew = (cookie?: string) => post(`${SESSION}/renew`, undefined, { ...SAME_ORIGIN, ...(cookie && { cookie }) });

type Response = Awaited<ReturnType<typeof post>>;

const cookieOf = ({ headers }: Response): string => String(headers['set-cookie']).split(';', 1)[0]!;
const tokenOf = (response: Response): string => response.json<{ data: { access_token: string } }>().data.access_token;
const statusWith = async (token: string): Promise<number> =>
  (await testApi().send({ url: '/auth/me' }, token)).statusCode;

beforeAll(() => post('/auth/register', CREDENTIALS));

/** What a response clears the cookie by. */
const CLEARED = 'tuningfork_session_01234567=; Path=/auth/session; Max-Age=0; HttpOnly; SameSite=Strict';

test('a browser gets an access token, and the refresh token in a cookie', async () => {
  const response = await post(SESSION, CREDENTIALS);

  expect(response.statusCode).toBe(200);
  expect(Object.keys(response.json<{ data: object }>().data).sort()).toEqual([
    'access_token',
    'expires_in',
    'token_type',
    'user',
  ]);
  expect(String(response.headers['set-cookie'])).toMatch(
    /^tuningfork_session_01234567=[\w.-]+; Path=\/auth\/session; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
  );
  expect(await statusWith(tokenOf(response))).toBe(200);
});

test('over HTTPS the cookie is sent over HTTPS only', async () => {
  const response = await post(SESSION, CREDENTIALS, { ...SAME_ORIGIN, 'x-forwarded-proto': 'https' });

  expect(String(response.headers['set-cookie'])).toMatch(/; SameSite=Strict; Secure$/);
});

test('a renewal returns a new token and replaces the cookie', async () => {
  const first = await post(SESSION, CREDENTIALS);

  const renewed = await renew(cookieOf(first));
  const again = await renew(cookieOf(renewed));

  expect([renewed.statusCode, again.statusCode]).toEqual([200, 200]);
  expect(cookieOf(renewed)).not.toBe(cookieOf(first));
  expect(await statusWith(tokenOf(again))).toBe(200);
});

test('a renewal whose response was lost can be repeated at once', async () => {
  const cookie = cookieOf(await post(SESSION, CREDENTIALS));
  const lost = await renew(cookie);
  await testApi().owner.query(`update refresh_family set rotated_at = rotated_at + interval '1 min'`);

  const repeated = await renew(cookie);
  const next = await renew(cookieOf(repeated));

  expect([lost, repeated, next].map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
});

test('a renewal with a cookie that was replaced long ago ends its session', async () => {
  const cookie = cookieOf(await post(SESSION, CREDENTIALS));
  const renewed = await renew(cookie);
  await testApi().owner.query(`update refresh_family set rotated_at = rotated_at - interval '3 s'`);

  const late = await renew(cookie);

  expect([late.statusCode, (await renew(cookieOf(renewed))).statusCode]).toEqual([401, 401]);
});

test('a renewal without a session has no content', async () => {
  const response = await renew();

  expect([response.statusCode, response.body, response.headers['set-cookie'] ?? null]).toEqual([204, '', null]);
});

test('a renewal with an invalid cookie is rejected, and clears it', async () => {
  const { statusCode, headers } = await renew('tuningfork_session_01234567=none');

  expect([statusCode, headers['set-cookie']]).toEqual([401, CLEARED]);
});

test('a renewal for a frozen identity is rejected, and clears the cookie', async () => {
  const credentials = { login: 'frozen@example.test', password: 'long-enough-1' };
  await post('/auth/register', credentials);
  const cookie = cookieOf(await post(SESSION, credentials));
  await testApi().owner.query(`update identity set frozen = true where login = $1`, [credentials.login]);

  const { statusCode, headers } = await renew(cookie);

  expect([statusCode, headers['set-cookie']]).toEqual([403, CLEARED]);
});

test('the cookie is no refresh token of another route', async () => {
  const cookie = cookieOf(await post(SESSION, CREDENTIALS));

  const refresh = await post('/auth/refresh', undefined, { ...SAME_ORIGIN, cookie });
  await testApi().send({ url: '/auth/logout', headers: { cookie } });

  expect([refresh.statusCode, (await renew(cookie)).statusCode]).toEqual([401, 200]);
});

test('the cookie of another platform on this host is not read', async () => {
  const cookie = cookieOf(await post(SESSION, CREDENTIALS)).replace('01234567', '76543210');

  expect((await renew(cookie)).statusCode).toBe(204);
});

test('wrong credentials set no cookie', async () => {
  const response = await post(SESSION, { ...CREDENTIALS, password: 'another-one-2' });

  expect([response.statusCode, response.headers['set-cookie'] ?? null]).toEqual([401, null]);
});

test('the end of a session clears the cookie, and its tokens are invalid', async () => {
  const response = await post(SESSION, CREDENTIALS);
  const cookie = cookieOf(response);

  const end = await testApi().send({ method: 'DELETE', url: SESSION, headers: { ...SAME_ORIGIN, cookie } });

  expect([end.statusCode, end.headers['set-cookie']]).toEqual([204, CLEARED]);
  expect([await statusWith(tokenOf(response)), (await renew(cookie)).statusCode]).toEqual([401, 401]);
});

const ROUTES = [
  ['POST', SESSION],
  ['POST', `${SESSION}/renew`],
  ['DELETE', SESSION],
] as const;
const OTHER_PAGES = [
  ['another site', { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }],
  ['another port', { origin: 'http://localhost:9000', 'sec-fetch-site': 'same-site' }],
  ['a development server', { origin: 'http://localhost:3000' }],
  ['another port, without an origin', { 'sec-fetch-site': 'same-site' }],
] as const;

test.each(ROUTES.flatMap((route) => OTHER_PAGES.map((page) => [...route, ...page] as const)))(
  '%s %s is refused to a page of %s',
  async (method, url, _page, headers) => {
    const response = await testApi().send({ method, url, headers, ...(url === SESSION && { payload: CREDENTIALS }) });

    expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([403, 'FORBIDDEN']);
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  },
);

test("the platform's own page, and a client that is no browser, may call", async () => {
  const pages = [{ host: 'here:8080', origin: 'http://here:8080' }, { host: 'here', origin: 'https://here' }, {}];

  const responses = await Promise.all(pages.map((headers) => post(`${SESSION}/renew`, undefined, headers)));

  expect(responses.map(({ statusCode }) => statusCode)).toEqual([204, 204, 204]);
});

test.each(ROUTES)('a preflight of a development server for %s %s is refused', async (method, url) => {
  const headers = { origin: 'http://localhost:3000', 'access-control-request-method': method };

  const response = await testApi().send({ method: 'OPTIONS', url, headers });

  expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});
