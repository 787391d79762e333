import { schemaTaint, undeclaredSecretPaths } from '../../../platform/core/secrets/schema-taint';

const flat = { user: { type: 'string' }, password: { type: 'string', secret: true } };
const nested = { db: { type: 'object', properties: { host: {}, 'a/b': { type: 'string', secret: true } } } };

test.each([
  ['a flat schema', flat, { password: true }],
  ['a classic schema', { type: 'object', properties: flat }, { password: true }],
  ['a nested property', nested, { db: { 'a/b': true } }],
  ['a schema without secrets', { user: {} }, null],
  ['no schema', null, null],
])('%s is tainted where it declares secrets', (_, schema, taint) => {
  expect(schemaTaint(schema)).toEqual(taint);
});

test('only tainted parameters that are not declared secret are named', () => {
  const taint = { user: true, password: true, db: { host: true, 'a/b': true } } as const;

  expect(undeclaredSecretPaths({ ...flat, ...nested }, taint)).toEqual(['user', 'db.host']);
});
