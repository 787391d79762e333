import type { Json, JsonObject } from '../../../contract/json';
import { answerFaults, schemaFault } from '../../../platform/core/inquiry/answer';

const FORM: JsonObject = {
  approved: { type: 'boolean', required: true },
  level: { type: 'string', enum: ['low', 'high'] },
  due: { type: 'string', format: 'date' },
  code: { type: 'string', pattern: '^[A-Z]{2}$', secret: true, position: 1 },
};

test.each<[string, JsonObject, Json, string[]]>([
  ['a flat schema is met', FORM, { approved: false, level: 'low', due: '2028-02-29', code: 'AB', more: 1 }, []],
  ['a required field is missing', FORM, {}, ['response/approved']],
  ['text is no boolean', FORM, { approved: 'yes' }, ['response/approved']],
  ['every fault is told', FORM, { approved: 1, level: 'x' }, ['response/approved', 'response/level']],
  ['a date must exist', FORM, { approved: true, due: '2027-02-29' }, ['response/due']],
  ['a pattern holds', FORM, { approved: true, code: 'ab' }, ['response/code']],
  ['a flat schema wants an object', FORM, true, ['response']],
  ['a JSON Schema of a plain value', { type: 'integer', minimum: 2 }, 1, ['response']],
  ['a JSON Schema without a type', { properties: { n: { type: 'integer' } }, required: ['n'] }, {}, ['response/n']],
  [
    'nested flat parts',
    { at: { type: 'object', properties: { x: { required: true } } } },
    { at: {} },
    ['response/at/x'],
  ],
  ['an empty schema takes anything', {}, [1], []],
  ['a parameter called type', { type: { type: 'string', required: true } }, {}, ['response/type']],
])('%s', (_, schema, answer, paths) => {
  expect(schemaFault(schema)).toBeNull();
  expect(answerFaults(schema, answer).map(({ path }) => path)).toEqual(paths);
});

test.each<[string, JsonObject, string]>([
  ['an unknown type', { type: 'nonsense' }, 'type'],
  ['a look-around', { x: { type: 'string', pattern: '(?=a)' } }, 'invalid'],
  ['a foreign reference', { $ref: 'https://elsewhere.example/schema' }, 'resolve'],
  ['a schema that would answer later', { $async: true, type: 'object' }, '$async'],
  ['a schema too long to hold against anything', { description: 'x'.repeat(70_000), type: 'object' }, '65536'],
])('%s cannot be held against answers', (_, schema, why) => {
  expect(schemaFault(schema)).toContain(why);
});

test('a pattern that would hold a core elsewhere takes linear time', () => {
  const began = performance.now();
  answerFaults({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test('a schema with an id is nobody else’s', () => {
  const named = (type: string): JsonObject => ({ $id: 'https://forms.example/one', type });
  expect([answerFaults(named('string'), 1), answerFaults(named('integer'), 1)]).toMatchObject([[{}], []]);
});
