import type { Json, JsonObject } from '../../../contract/json';
import { responseErrors, responseSchemaError } from '../../../platform/core/inquiry/validate-response';
import { comparableMs } from '../processor-time';
import { dataErrors } from '../../../platform/core/workflow/compile/inputs';

const LIMIT_MS = 1_000;

const FORM: JsonObject = {
  approved: { type: 'boolean', required: true },
  level: { type: 'string', enum: ['low', 'high'] },
  due: { type: 'string', format: 'date' },
  code: { type: 'string', pattern: '^[A-Z]{2}$', secret: true, position: 1 },
};

test.each<[string, JsonObject, Json, string[]]>([
  ['a flat schema is met', FORM, { approved: false, level: 'low', due: '2028-02-29', code: 'AB', more: 1 }, []],
  ['a required field is missing', FORM, {}, ['response/approved']],
  ['a text is no boolean', FORM, { approved: 'yes' }, ['response/approved']],
  ['every error is reported', FORM, { approved: 1, level: 'x' }, ['response/approved', 'response/level']],
  ['a date must exist', FORM, { approved: true, due: '2027-02-29' }, ['response/due']],
  ['a pattern must match', FORM, { approved: true, code: 'ab' }, ['response/code']],
  ['a flat schema requires an object', FORM, true, ['response']],
  ['a JSON Schema of a plain value', { type: 'integer', minimum: 2 }, 1, ['response']],
  ['a JSON Schema without a type', { properties: { n: { type: 'integer' } }, required: ['n'] }, {}, ['response/n']],
  [
    'nested flat parts',
    { at: { type: 'object', properties: { x: { required: true } } } },
    { at: {} },
    ['response/at/x'],
  ],
  ['an empty schema accepts any value', {}, [1], []],
  ['a parameter called type', { type: { type: 'string', required: true } }, {}, ['response/type']],
])('%s', (_, schema, answer, paths) => {
  expect(responseSchemaError(schema)).toBeNull();
  expect(responseErrors(schema, answer).map(({ path }) => path)).toEqual(paths);
});

test.each<[string, JsonObject, string]>([
  ['an unknown type', { type: 'nonsense' }, 'type'],
  ['a look-around in a pattern', { x: { type: 'string', pattern: '(?=a)' } }, 'invalid'],
  ['a reference to another document', { $ref: 'https://elsewhere.example/schema' }, 'resolve'],
  ['an asynchronous schema', { $async: true, type: 'object' }, '$async'],
  ['a schema above the length limit', { description: 'x'.repeat(70_000), type: 'object' }, '65536'],
])('%s cannot validate responses', (_, schema, why) => {
  expect(responseSchemaError(schema)).toContain(why);
});

test('IN-07 a catastrophic pattern takes linear time', () => {
  const errors = () => responseErrors({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`);
  expect(comparableMs(errors, LIMIT_MS)).toBeLessThan(LIMIT_MS);
});

test('IN-07 a response that its schema cannot check has an error', () => {
  const refer = (to: string) => ({ allOf: [{ $ref: `#/$defs/${to}` }] });
  const schema = { $defs: { a: refer('b'), b: refer('a') }, ...refer('a') };

  const message = 'cannot be checked: the schema cannot be used: its references have no end';
  expect(responseErrors(schema, 1)).toEqual([{ path: 'response', message }]);
  expect(dataErrors({ x: 1 }, { type: 'object', ...schema }, '/data')).toEqual([{ path: '/data', message }]);
});

test('schemas with the same $id are independent', () => {
  const named = (type: string): JsonObject => ({ $id: 'https://forms.example/one', type });
  expect([responseErrors(named('string'), 1), responseErrors(named('integer'), 1)]).toMatchObject([[{}], []]);
});
