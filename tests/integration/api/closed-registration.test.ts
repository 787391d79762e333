import { withStage } from './stage';

const stage = withStage({ selfRegistration: false });

test.each([
  ['a good body', 'application/json', '{"login":"new@here","password":"a good password"}'],
  ['a taken log-in', 'application/json', '{"login":"test@attune.local","password":"a good password"}'],
  ['a bad body', 'application/json', '{'],
  ['no JSON', 'text/plain', 'x'],
])('registering where it is closed is forbidden before %s is looked at', async (_what, type, payload) => {
  const answer = await stage().send({
    method: 'POST',
    url: '/auth/register',
    payload,
    headers: { 'content-type': type },
  });

  expect([answer.statusCode, answer.body]).toEqual([
    403,
    '{"error":"Self-registration is disabled","code":"FORBIDDEN"}',
  ]);
});
