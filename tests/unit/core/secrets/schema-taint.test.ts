import { outputTaint, schemaTaint, undeclaredSecretPaths } from '../../../../platform/core/secrets/schema-taint';

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

test('an output of type array is tainted as each of its elements', () => {
  expect(outputTaint({ type: 'array', items: { type: 'object', properties: flat } })).toEqual({ password: true });
  expect(outputTaint(flat)).toEqual({ password: true });
});

test('only tainted parameters that are not declared secret are named', () => {
  const taint = { user: true, password: true, db: { host: true, 'a/b': true } } as const;

  expect(undeclaredSecretPaths({ ...flat, ...nested }, taint)).toEqual(['user', 'db.host']);
});

const LISTS = {
  hosts: { type: 'array', items: { type: 'object', properties: { name: {}, pin: { secret: true } } } },
  tokens: { type: 'array', items: { secret: true } },
  grid: { items: { items: { properties: { pin: { secret: true } } } } },
};

test.each([
  ['with members', { hosts: [{ name: 'a' }, { pin: 'x' }] }, { hosts: { 0: { pin: true }, 1: { pin: true } } }],
  ['of secrets', { tokens: ['a', 'b'] }, { tokens: { 0: true, 1: true } }],
  ['of lists', { grid: [[{ pin: 1 }]] }, { grid: { 0: { 0: { pin: true } } } }],
  ['that is empty', { hosts: [] }, null],
])('elements of a list %s are tainted', (_, value, taint) => {
  const [name] = Object.keys(value);
  const schema = { [name!]: LISTS[name as keyof typeof LISTS] };

  expect(schemaTaint(schema, value)).toEqual(taint);
});

test('a list is secret as a whole where its value is not known', () => {
  expect(schemaTaint({ ...LISTS, user: {} })).toEqual({ hosts: true, tokens: true, grid: true });
});

test('a secret in the elements of a list needs its declaration there', () => {
  const taint = { hosts: { 0: { name: true, pin: true } }, tokens: { 1: true } } as const;

  expect(undeclaredSecretPaths(LISTS, taint)).toEqual(['hosts.0.name']);
});
