import { REDACTED } from '../../../contract/json';
import { part, restore, secretPaths } from '../../../platform/store/secret-parameters';

const flat = { user: { type: 'string' }, password: { type: 'string', secret: true } };
const nested = { db: { type: 'object', properties: { 'a/b': { type: 'string', secret: true } } } };

test('the paths of secret properties are found in both forms of schema, and below objects', () => {
  expect(secretPaths(flat)).toEqual(['/password']);
  expect(secretPaths({ type: 'object', properties: flat })).toEqual(['/password']);
  expect(secretPaths(nested)).toEqual(['/db/a~1b']);
  expect(secretPaths(null)).toEqual([]);
});

test('what is cut out leaves a marker, and comes back to its place', () => {
  const given = { user: 'me', password: 'pw-1', db: { 'a/b': ['x'], port: 1 } };
  const { shown, secrets } = part(given, ['/password', '/db/a~1b']);
  expect(shown).toEqual({ user: 'me', password: REDACTED, db: { 'a/b': REDACTED, port: 1 } });
  expect(secrets).toEqual({ '/password': 'pw-1', '/db/a~1b': ['x'] });
  expect(restore(shown, secrets)).toEqual(given);
});

test('what is not there, null, or a marker already is no secret', () => {
  const given = { password: null, token: { ...REDACTED } };
  expect(part(given, ['/password', '/token', '/absent/deep'])).toEqual({ shown: given, secrets: {} });
});
