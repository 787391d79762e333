import { compileValidator } from '../../../platform/core/schema/validator';
import type { Json, JsonObject } from '../../../contract/json';

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
  [{ uniqueItems: true }, [BIG, BIG], ' must NOT have duplicate items'],
])('%o rejects it exactly', (schema, value, message) => {
  expect(messages(schema, value)).toEqual([message]);
});
