// The table of keys (T3.35) has every owner of the contract, plain and encrypted, with each value.
import { OWNER_TYPES } from '../../../contract/keys';
import { keyTable, READ_BY, VALUES } from '../../e2e/support/key-ways/stored-table';

test('each owner has a plain and an encrypted key with a value of each type', () => {
  const kinds = Object.keys(VALUES);

  const cells = keyTable('word', kinds).map(({ type, encrypted, kind }) => `${type} ${encrypted} ${kind}`);

  const expected = OWNER_TYPES.flatMap((type) =>
    [false, true].flatMap((encrypted) => kinds.map((kind) => `${type} ${encrypted} ${kind}`)),
  );
  const ofOneName = ['system false same', 'pack false same', 'action false same'];
  expect(cells).toEqual([...expected, ...ofOneName]);
  expect(new Set(cells).size).toBe(expected.length + ofOneName.length);
});

test('the values have every type of JSON', () => {
  const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
  const inside = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(inside)] : [value];
  const values = Object.values(VALUES).map((make) => make('word'));

  const types = new Set(values.flatMap(inside).map(typeOf));
  expect([...types].sort()).toEqual(['boolean', 'list', 'null', 'number', 'object', 'string']);
  expect(values).toContain('');
});

test('each place reads the keys of some owners, and not those of others', () => {
  for (const place of ['own', 'other', 'keystore'] as const) {
    const readers = OWNER_TYPES.map((type) => READ_BY[type].includes(place));
    expect([place, readers.includes(true), readers.includes(false)]).toEqual([place, true, true]);
  }
});
