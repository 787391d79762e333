import { withApi } from './with-api';

const testApi = withApi({ selfRegistration: true, refreshRotation: true });

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
    /^attune_refresh_token=[\w.-]+; Path=\/auth; Max-Age=\d+; HttpOnly; SameSite=Strict$/,
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

test('a renewal without a session has no content', async () => {
  const response = await renew();

  expect([response.statusCode, response.body, response.headers['set-cookie'] ?? null]).toEqual([204, '', null]);
});

test('a renewal with an invalid cookie is rejected', async () => {
  expect((await renew('attune_refresh_token=none')).statusCode).toBe(401);
});

test('wrong credentials set no cookie', async () => {
  const response = await post(SESSION, { ...CREDENTIALS, password: 'another-one-2' });

  expect([response.statusCode, response.headers['set-cookie'] ?? null]).toEqual([401, null]);
});

test('the end of a session clears the cookie, and its tokens are invalid', async () => {
  const response = await post(SESSION, CREDENTIALS);
  const cookie = cookieOf(response);

  const end = await testApi().send({ method: 'DELETE', url: SESSION, headers: { ...SAME_ORIGIN, cookie } });

  expect([end.statusCode, end.headers['set-cookie']]).toEqual([
    204,
    'attune_refresh_token=; Path=/auth; Max-Age=0; HttpOnly; SameSite=Strict',
  ]);
  expect([await statusWith(tokenOf(response)), (await renew(cookie)).statusCode]).toEqual([401, 401]);
});

test.each([
  ['POST', SESSION],
  ['POST', `${SESSION}/renew`],
  ['DELETE', SESSION],
] as const)('a page of another site cannot call %s %s', async (method, url) => {
  const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };

  const response = await testApi().send({ method, url, headers, ...(url === SESSION && { payload: CREDENTIALS }) });

  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([403, 'FORBIDDEN']);
});
