import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import { withApi } from './with-api';

const testApi = withApi();

const post = (url: string, payload: object) => ({ method: 'POST' as const, url, payload });
const register = (login: string, more: object = {}) =>
  testApi().send(post('/auth/register', { login, password: 'a good password', ...more }));
const logIn = (login: string, password: string) => testApi().send(post('/auth/login', { login, password }));

test('registering returns tokens and a user without grants', async () => {
  const response = await register('new@here', { display_name: 'New' });

  const { data } = response.json<{ data: { access_token: string; user: { id: number } } }>();
  expect([response.statusCode, data]).toMatchObject([
    200,
    { token_type: 'Bearer', expires_in: 3600, user: { login: 'new@here', display_name: 'New' } },
  ]);
  expect((await testApi().send({ url: '/auth/me' }, data.access_token)).json()).toEqual({
    data: {
      id: data.user.id,
      login: 'new@here',
      display_name: 'New',
      auth_provider: 'local',
      is_local: true,
      can_change_password: true,
      effective_permissions: [],
      assigned_permission_set_refs: [],
    },
  });
});

test('the default user holds core.admin', async () => {
  const me = await testApi().send({ url: '/auth/me' }, await testApi().logIn());

  const { data } = me.json<{ data: { effective_permissions: { resource: string; actions: string[] }[] } }>();
  expect(data).toMatchObject({
    login: DEFAULT_USER.login,
    display_name: 'Test User',
    assigned_permission_set_refs: ['core.admin', 'core.platform_admin'],
  });
  expect(data.effective_permissions).toContainEqual({ resource: 'executions', actions: ['cancel', 'read', 'update'] });
});

test('a taken login is a conflict and keeps its password', async () => {
  await register('twice@here');

  const second = await register('twice@here', { password: 'another password' });

  expect([second.statusCode, second.json()]).toMatchObject([409, { code: 'CONFLICT' }]);
  expect((await logIn('twice@here', 'another password')).statusCode).toBe(401);
  expect((await logIn('twice@here', 'a good password')).statusCode).toBe(200);
});

test('passwords are stored as argon2id with 19 MiB, two passes, one lane', async () => {
  await register('hashed@here');

  const { rows } = await testApi().owner.query<{ password_hash: string }>(
    `select password_hash from identity where login = 'hashed@here'`,
  );
  expect(rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test.each([
  ['/auth/register', { login: 'ab', password: 'short' }, 422, 'VALIDATION_ERROR'],
  ['/auth/register', { login: 'nul\0@here', password: 'a good password' }, 422, 'VALIDATION_ERROR'],
  ['/auth/login', { login: '', password: '' }, 422, 'VALIDATION_ERROR'],
  ['/auth/refresh', { refresh_token: '' }, 422, 'VALIDATION_ERROR'],
  ['/auth/refresh', { refresh_token: 'no token' }, 401, 'UNAUTHORIZED'],
])('%s rejects %j', async (url, payload, status, code) => {
  const response = await testApi().send(post(url, payload));

  expect([response.statusCode, response.json()]).toMatchObject([status, { code }]);
});

test('a field of the wrong type is answered as text before other fields', async () => {
  const response = await testApi().send(post('/auth/register', { login: 5, password: 'x' }));

  expect([response.statusCode, response.body]).toEqual([422, 'login must be a text']);
});

test('every failed login gets the same response', async () => {
  await register('known@here');
  await register('frozen@here');
  await testApi().owner.query(`update identity set frozen = true where login = 'frozen@here'`);
  await testApi().owner.query(`insert into identity (login) values ('sensor:without-password')`);

  const tries: [string, string][] = [
    ['unknown@here', 'x'],
    ['known@here', 'wrong'],
    ['frozen@here', 'wrong'],
    ['sensor:without-password', 'x'],
    ['known@here', 'nul\0'],
    ['nul\0@here', 'x'],
    ['known@here', 'x'.repeat(1_048_576)],
  ];
  for (const [login, password] of tries) {
    const response = await logIn(login, password);
    expect([response.statusCode, response.body]).toEqual([
      401,
      '{"error":"Invalid login or password","code":"UNAUTHORIZED"}',
    ]);
  }
  const right = await logIn('frozen@here', 'a good password');
  expect([right.statusCode, right.body]).toEqual([403, '{"error":"Identity is frozen","code":"FORBIDDEN"}']);
});

test('a refresh returns new tokens without the user, repeatedly', async () => {
  const { data } = (await register('again@here')).json<{ data: { refresh_token: string } }>();

  const first = await testApi().send(post('/auth/refresh', { refresh_token: data.refresh_token }));
  const second = await testApi().send({
    method: 'POST',
    url: '/auth/refresh',
    headers: { cookie: `theme=dark; attune_refresh_token=${data.refresh_token}` },
  });

  const keys = ['access_token', 'refresh_token', 'token_type', 'expires_in'];
  expect([first.statusCode, second.statusCode]).toEqual([200, 200]);
  expect(Object.keys(first.json<{ data: object }>().data)).toEqual(keys);
  expect(Object.keys(second.json<{ data: object }>().data)).toEqual(keys);
});

test('a refresh token in a cookie is refused to a page of another site', async () => {
  const { data } = (await register('elsewhere@here')).json<{ data: { refresh_token: string } }>();
  const headers = { cookie: `attune_refresh_token=${data.refresh_token}`, 'sec-fetch-site': 'cross-site' };

  const response = await testApi().send({ method: 'POST', url: '/auth/refresh', headers });

  expect([response.statusCode, response.json<{ code: string }>().code]).toEqual([403, 'FORBIDDEN']);
});

test('a refresh token is 403 once its identity is frozen, 401 once deleted', async () => {
  const { data } = (await register('passing@here')).json<{ data: { refresh_token: string } }>();
  const refresh = () => testApi().send(post('/auth/refresh', { refresh_token: data.refresh_token }));

  await testApi().owner.query(`update identity set frozen = true where login = 'passing@here'`);
  expect((await refresh()).statusCode).toBe(403);
  await testApi().owner.query(`delete from identity where login = 'passing@here'`);
  expect((await refresh()).statusCode).toBe(401);
});

test('the display name is changed, kept by null, and cleared by an empty one', async () => {
  const { data } = (await register('named@here', { display_name: 'One' })).json<{ data: { access_token: string } }>();
  const rename = async (display_name: string | null) => {
    const response = await testApi().send(
      { method: 'PUT', url: '/auth/me', payload: { display_name } },
      data.access_token,
    );
    return response.json<{ data: { display_name: string | null } }>().data.display_name;
  };

  expect(await rename('Two')).toBe('Two');
  expect(await rename(null)).toBe('Two');
  expect(await rename('')).toBeNull();
});

test('a password change requires the current password', async () => {
  const { data } = (await register('changing@here')).json<{ data: { access_token: string } }>();
  const change = (current_password: string) =>
    testApi().send(
      post('/auth/change-password', { current_password, new_password: 'the next password' }),
      data.access_token,
    );

  expect((await change('wrong')).statusCode).toBe(401);
  expect((await change('a good password')).json()).toEqual({ data: { success: true, message: 'Password changed' } });
  expect((await logIn('changing@here', 'a good password')).statusCode).toBe(401);
  expect((await logIn('changing@here', 'the next password')).statusCode).toBe(200);
});

test('the settings list every provider, enabled or not', async () => {
  const { data } = (await testApi().send({ url: '/auth/settings' })).json<{ data: object }>();

  expect(Object.keys(data)).toHaveLength(14);
  expect(data).toMatchObject({ local_password_enabled: true, oidc_enabled: false, self_registration_enabled: true });
});
