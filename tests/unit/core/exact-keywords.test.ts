import Ajv from 'ajv';
import { compileValidator } from '../../../platform/core/schema/validator';
import type { Json, JsonObject } from '../../../contract/json';
import { fc } from '../../seeded-properties';
import { growthOf, MAX_GROWTH, PARTS } from '../processor-time';

const BIG = 9007199254740993n;

const messages = (schema: JsonObject, value: Json): string[] =>
  compileValidator(schema)(value, '').map(({ path, message }) => `${path} ${message}`);

test.each<[string, JsonObject, Json]>([
  ['an integer', { type: 'integer' }, BIG],
  ['a number', { type: ['number', 'null'] }, BIG],
  ['a maximum of its own', { maximum: BIG }, BIG],
  ['a constant', { properties: { id: { const: BIG } } }, { id: BIG }],
  ['a member of an enum', { enum: [{ id: BIG }, 1] }, { id: BIG }],
  ['a multiple', { multipleOf: 3 }, BIG],
  ['other elements', { uniqueItems: true }, [BIG, BIG - 1n]],
])('an integer beyond 2^53 is %s', (_, schema, value) => {
  expect(messages(schema, value)).toEqual([]);
});

test.each<[JsonObject, Json, string]>([
  [{ type: 'string' }, BIG, ' must be string'],
  [{ maximum: 9007199254740992 }, BIG, ' must be <= 9007199254740992'],
  [{ properties: { id: { minimum: BIG } } }, { id: BIG - 1n }, '/id must be >= 9007199254740993'],
  [{ exclusiveMaximum: BIG }, BIG, ' must be < 9007199254740993'],
  [{ const: BIG - 1n }, BIG, ' must be equal to constant'],
  [{ enum: [BIG - 1n] }, BIG, ' must be one of [9007199254740992]'],
  [{ multipleOf: 2 }, BIG, ' must be multiple of 2'],
  [{ uniqueItems: true }, [BIG, BIG], ' must NOT have duplicate items (items ## 0 and 1 are identical)'],
])('%o rejects it exactly', (schema, value, message) => {
  expect(messages(schema, value)).toEqual([message]);
});

const few = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<Json>(0, -0, 1, 1.5, 1e21, true, false, null, '', '0', 'a', '[]'),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '"a":1'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
  ),
}));

test('the elements that are unique are those that the library finds unique', () => {
  const isUnique = new Ajv({ strict: false }).compile({ uniqueItems: true });

  fc.assert(
    fc.property(fc.array(few.value, { maxLength: 5 }), (elements) => {
      expect(messages({ uniqueItems: true }, elements).length === 0).toBe(isUnique(elements));
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, Json, string]>([
  ['keys in another order', [{ a: 1, b: [2] }, 0, { b: [2], a: 1 }], ' (items ## 0 and 2 are identical)'],
  ['zeros', [-0, 1, 0], ' (items ## 0 and 2 are identical)'],
  ['an inner list', [[['a'], ['a']]], ' (items ## 0 and 1 are identical)'],
])('%s are equal', (_, value, positions) => {
  const inner = { type: 'array', uniqueItems: true, items: { uniqueItems: true } };

  expect(messages(inner, value)).toEqual([expect.stringContaining(`must NOT have duplicate items${positions}`)]);
});

test('IN-07 unique elements are compared in linear time', () => {
  const objects = (count: number) => Array.from({ length: count }, (_, n) => ({ id: n, name: `element number ${n}` }));
  const validate = compileValidator({ type: 'array', uniqueItems: true });
  const [whole, part] = [objects(PARTS * 400), objects(400)];

  const growth = growthOf(
    () => validate(whole, ''),
    () => validate(part, ''),
  );

  expect(growth).toBeLessThan(MAX_GROWTH);
});

test('members of an enum beyond 2^53 with the same double differ', () => {
  expect(messages({ enum: [BIG, BIG - 1n] }, BIG)).toEqual([]);
});

test('IN-07 the members of a long enum are compared in linear time', () => {
  const compile = (count: number) => {
    const members = Array.from({ length: count }, (_, n) => ({ n }));
    return () => compileValidator({ properties: { a: { enum: members } } });
  };

  expect(growthOf(compile(PARTS * 250), compile(250))).toBeLessThan(MAX_GROWTH);
});

test('IN-07 a value is compared with the members of a long enum in linear time', () => {
  const values = (count: number) => Array.from({ length: count }, (_, n) => BigInt(n) + BIG);
  const validate = (count: number) => {
    const check = compileValidator({ items: { enum: values(count) } });
    const elements = values(count);
    return () => check(elements, '');
  };

  expect(growthOf(validate(PARTS * 150), validate(150))).toBeLessThan(MAX_GROWTH);
});
