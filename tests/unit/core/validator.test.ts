import type { Json } from '../../../contract/json';
import { compileValidator, UnusableSchemaError } from '../../../platform/core/schema/validator';

const UNCHECKED = 'cannot be checked: the schema cannot be used:';

test.each([
  ['a type that does not exist', { properties: { a: { type: 'txt' } } }, 'data/properties/a/type must be'],
  ['an $id that is no text', { $id: 5 }, 'data/$id must be string'],
  ['an unknown dialect', { $schema: 'https://example.org/dialect' }, 'no schema with key or ref'],
])('%s makes a schema unusable', (_, schema, reason) => {
  const compile = () => compileValidator(schema);
  expect(compile).toThrow(UnusableSchemaError);
  expect(compile).toThrow(reason);
});

test('a schema does not see the $id of another one', () => {
  const validate = compileValidator({ $id: 'https://example.org/a', type: 'string' });

  expect([validate('text', ''), validate(1, 'a')]).toEqual([[], [{ path: 'a', message: 'must be string' }]]);
  expect(() => compileValidator({ $ref: 'https://example.org/a' })).toThrow("can't resolve reference");
});

test('each property is compared with its own pattern', () => {
  const matching = (pattern: string) => ({ type: 'string', pattern });
  const validate = compileValidator({ properties: { a: matching('^a$'), b: matching('^b$') } });

  expect(validate({ a: 'a', b: 'b' }, '')).toEqual([]);
  expect(validate({ a: 'a', b: 'a' }, '')).toMatchObject([{ path: '/b' }]);
});

test('IN-07 patterns that take too long together end the validation', () => {
  const patterns = Array.from({ length: 500 }, (_, n) => ({ type: 'string', pattern: `^(a|aa)+${n}$` }));
  const validate = compileValidator({ anyOf: patterns });

  expect(validate('a'.repeat(100_000), 'value')).toEqual([
    { path: 'value', message: `${UNCHECKED} its patterns take too long for this value` },
  ]);
  expect(validate('aa17', 'value')).toEqual([]);
});

test('IN-07 references without an end end the validation', () => {
  const refer = (to: string) => ({ allOf: [{ $ref: `#/$defs/${to}` }] });
  const validate = compileValidator({ $defs: { a: refer('b'), b: refer('a') }, ...refer('a') });

  expect(validate(1, 'value')).toEqual([{ path: 'value', message: `${UNCHECKED} its references have no end` }]);
});

test('IN-07 references that check each level twice end the validation', () => {
  const part = { properties: { c: { $ref: '#/$defs/part' } } };
  const both = {
    allOf: [{ properties: { c: { $ref: '#/$defs/twice' } } }, { properties: { c: { $ref: '#/$defs/twice' } } }],
  };
  const validate = compileValidator({ $defs: { part, twice: both }, $ref: '#/$defs/twice' });
  const nested = (levels: number): Json => (levels === 0 ? {} : { c: nested(levels - 1) });

  expect(validate(nested(60), 'value')).toEqual([
    { path: 'value', message: `${UNCHECKED} its references take too long for this value` },
  ]);
  expect(validate(nested(10), 'value')).toEqual([]);
  expect(compileValidator({ $defs: { part }, ...part })(nested(60), 'value')).toEqual([]);
});

test('a long list of references is validated', () => {
  const validate = compileValidator({ $defs: { n: { type: 'integer' } }, items: { $ref: '#/$defs/n' } });

  expect(
    validate(
      Array.from({ length: 500_000 }, () => 1),
      '',
    ),
  ).toEqual([]);
});
