import { withApi } from './with-api';

const testApi = withApi({ selfRegistration: false });

test.each([
  ['a good body', 'application/json', '{"login":"new@here","password":"a good password"}'],
  ['a taken log-in', 'application/json', '{"login":"test@attune.local","password":"a good password"}'],
  ['a bad body', 'application/json', '{'],
  ['no JSON', 'text/plain', 'x'],
])('a closed registration is forbidden before %s is read', async (_what, type, payload) => {
  const response = await testApi().send({
    method: 'POST',
    url: '/auth/register',
    payload,
    headers: { 'content-type': type },
  });

  expect([response.statusCode, response.body]).toEqual([
    403,
    '{"error":"Self-registration is disabled","code":"FORBIDDEN"}',
  ]);
});
