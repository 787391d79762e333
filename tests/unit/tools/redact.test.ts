import { redact, secretsOf } from '../../../helpers/report/redact';

test.each([
  ['login with hunter2-hunter2 failed', 'login with *** failed'],
  ['hunter2-hunter2-long', '***'],
  ['the word key is short', 'the word key is short'],
  ['Bearer eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl', 'Bearer ***'],
  ['postgres://owner:p%40ss@127.0.0.1:5432/db', 'postgres://owner:***@127.0.0.1:5432/db'],
  ['http://127.0.0.1:8080/a@b', 'http://127.0.0.1:8080/a@b'],
])('%s', (text, expected) => {
  expect(redact(text, ['hunter2-hunter2', 'hunter2-hunter2-long', 'key', ''])).toBe(expected);
});

test.each([
  ['-----BEGIN KEY-----', '***'],
  ['{"key": "-----BEGIN KEY-----\\n  MIIEvQIBADANBg\\n"}', '{"key": "***\\n  ***\\n"}'],
  ['first: MIIEvQIBADANBg', 'first: ***'],
  ['an end is no secret', 'an end is no secret'],
])('of a secret of several lines each is replaced in %s', (text, expected) => {
  expect(redact(text, ['-----BEGIN KEY-----\r\nMIIEvQIBADANBg\nend\n'])).toBe(expected);
});

test('the secrets of an environment are the values of variables that name one', () => {
  const env = { TEST_USER_PASSWORD: 'a', GITHUB_TOKEN: 'b', SOME_API_KEY: 'c', TEST_USER_LOGIN: 'd', DB_PASSWORD: '' };

  expect(secretsOf(env)).toEqual(['a', 'b', 'c']);
});
