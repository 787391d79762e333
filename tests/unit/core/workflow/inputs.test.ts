import type { Json, JsonObject } from '../../../../contract/json';
import { readInputs, schemaFault } from '../../../../platform/core/workflow/compile/inputs';

const FLAT: JsonObject = {
  name: { type: 'string', required: true },
  count: { type: 'integer', default: 1 },
  tags: { type: 'array', items: { type: 'string' } },
};
const CLASSIC: JsonObject = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };

const read = (inputs: Json | undefined, schema: JsonObject | null = FLAT) =>
  readInputs(inputs, { schema, variables: { region: null } });

it.each<[Json | undefined, string]>([
  [undefined, '/inputs'],
  [null, '/inputs'],
  ['text', '/inputs'],
  [[], '/inputs'],
  [{}, '/inputs'],
  [{ name: 'x' }, '/inputs'],
  [{ data: [] }, '/inputs'],
  [{ data: {}, name: 'x' }, '/inputs/name'],
  [{ data: {}, variables: null }, '/inputs/variables'],
  [{ data: {}, variables: 'x' }, '/inputs/variables'],
])('%j has no envelope', (inputs, path) => {
  expect(read(inputs)).toMatchObject({ code: 'INPUT_ENVELOPE_INVALID', errors: [{ path }] });
});

it.each([FLAT, CLASSIC])('a missing input of %j is named', (schema) => {
  expect(read({ data: {} }, schema)).toMatchObject({
    code: 'INPUT_REQUIRED',
    errors: [{ path: '/inputs/data/name', message: 'is required' }],
  });
});

test('all violations are named, in order of their places', () => {
  const inputs = { data: { tags: ['a', 2], count: 'x', name: 'x' }, variables: { zone: 1 } };

  expect(read(inputs)).toMatchObject({
    code: 'INPUT_SCHEMA_VIOLATION',
    errors: [
      { path: '/inputs/data/count', message: 'must be integer' },
      { path: '/inputs/data/tags/1', message: 'must be string' },
      { path: '/inputs/variables/zone', message: 'is no variable of the workflow' },
    ],
  });
});

test('a violation besides a missing input is no missing input', () => {
  expect(read({ data: { count: 'x' } })).toMatchObject({ code: 'INPUT_SCHEMA_VIOLATION' });
});

test('inputs are returned as they are, without defaults', () => {
  const inputs = { data: { name: 'x', other: [1] }, variables: { region: { deep: true } } };

  expect(read(inputs)).toEqual(inputs);
  expect(read({ data: { anything: null } }, null)).toEqual({ data: { anything: null } });
});

test('a schema that cannot be compiled is at fault', () => {
  expect(schemaFault({ name: { type: 'nonsense' } })).not.toBeNull();
  expect([schemaFault(null), schemaFault(FLAT), schemaFault(CLASSIC)]).toEqual([null, null, null]);
});
