import { compileValidator, UnusableSchemaError } from '../../../platform/core/schema/validator';

test.each([
  ['a type that does not exist', { properties: { a: { type: 'txt' } } }, 'data/properties/a/type must be'],
  ['an $id that is no text', { $id: 5 }, 'data/$id must be string'],
  ['an unknown dialect', { $schema: 'https://example.org/dialect' }, 'no schema with key or ref'],
])('%s makes a schema unusable', (_, schema, reason) => {
  const compile = () => compileValidator(schema, {});
  expect(compile).toThrow(UnusableSchemaError);
  expect(compile).toThrow(reason);
});

test('a schema does not see the $id of another one', () => {
  const validate = compileValidator({ $id: 'https://example.org/a', type: 'string' }, {});

  expect([validate('text'), validate(1)].map(({ length }) => length)).toEqual([0, 1]);
  expect(() => compileValidator({ $ref: 'https://example.org/a' }, {})).toThrow("can't resolve reference");
});

test('each property is compared with its own pattern', () => {
  const matching = (pattern: string) => ({ type: 'string', pattern });
  const validate = compileValidator({ properties: { a: matching('^a$'), b: matching('^b$') } }, {});

  expect(validate({ a: 'a', b: 'b' })).toEqual([]);
  expect(validate({ a: 'a', b: 'a' })).toMatchObject([{ instancePath: '/b' }]);
});
