import type { JsonObject } from '../../../contract/json';
import { schemaLimit } from '../../../platform/core/schema/schema-limit';
import { compileValidator } from '../../../platform/core/schema/validator';

const to = (name: string) => ({ $ref: `#/$defs/${name}` });
const text = { type: 'string' };

/** `count` definitions, each made of the reference to the next; the last is a text. */
function chain(count: number, link: (next: JsonObject) => JsonObject): JsonObject {
  const links = Array.from({ length: count }, (_, n) => [`d${n}`, link(to(`d${n + 1}`))]);
  return { $defs: { ...Object.fromEntries(links), [`d${count}`]: text }, ...to('d0') };
}

const nested = (count: number): JsonObject =>
  Array.from({ length: count }).reduce<JsonObject>((inner) => ({ allOf: [inner] }), text);

const ENDLESS = 'refers to itself without a step into the value: it has no end';
const OUTSIDE = 'leads to another document: define it in this schema';
const REPEATED = 'its references expand to more than 65536 subschemas';
const DEEP = 'is nested deeper than 400 levels, references followed';

test.each<[string, JsonObject, string, string]>([
  ['a reference to itself', { type: 'object', $ref: '#' }, '', ENDLESS],
  ['a reference in circles', { $defs: { a: to('b'), b: to('a') }, ...to('a') }, '/$defs/a', ENDLESS],
  ['a circle that nothing refers to', { type: 'object', $defs: { a: to('b'), b: to('a') } }, '/$defs/a', ENDLESS],
  ...['allOf', 'anyOf', 'oneOf'].map((keyword): [string, JsonObject, string, string] => [
    `a circle through ${keyword}`,
    { type: 'object', [keyword]: [text, { $ref: '#' }] },
    '',
    ENDLESS,
  ]),
  ...['not', 'if', 'then', 'else'].map((keyword): [string, JsonObject, string, string] => [
    `a circle through ${keyword}`,
    { type: 'object', [keyword]: { $ref: '#' } },
    '',
    ENDLESS,
  ]),
  ['a circle through a dependency', { type: 'object', dependencies: { a: { $ref: '#' } } }, '', ENDLESS],
  [
    'a circle inside a property',
    { a: { properties: { b: { $ref: '#/properties/a/properties/b' } } } },
    '/a/properties/b',
    ENDLESS,
  ],
  ['a circle by $id', { type: 'object', $id: 'https://example.org/a', $ref: 'https://example.org/a' }, '', ENDLESS],
  ['a circle by an anchor', { $defs: { a: { $anchor: 'x', allOf: [{ $ref: '#x' }] } } }, '/$defs/a', ENDLESS],
  ['a circle by the $id of a definition', { $defs: { a: { $id: 'b', $ref: './b#' } } }, '/$defs/a', ENDLESS],
  ['a circle by an unknown keyword', { type: 'object', shared: { a: { $ref: '#' } }, $ref: '#/shared/a' }, '', ENDLESS],
  [
    'a remote reference',
    { type: 'object', properties: { a: { $ref: 'https://example.org/a.json' } } },
    '/properties/a/$ref',
    OUTSIDE,
  ],
  ['a file', { a: { $ref: 'file:///etc/passwd' } }, '/a/$ref', OUTSIDE],
  ['a file beside it', { type: 'object', $defs: { a: { $ref: 'b.json#/a' } } }, '/$defs/a/$ref', OUTSIDE],
  ['a reference that is no address', { a: { items: { $ref: 'http://[' } } }, '/a/items/$ref', OUTSIDE],
  ['2^20 references to the same value', chain(20, (next) => ({ allOf: [next, next] })), '/$defs/d5', REPEATED],
  ['2^20 references to parts', chain(20, (next) => ({ properties: { a: next, b: next } })), '/$defs/d5', REPEATED],
  ['10,000 levels of allOf', nested(10_000), '', DEEP],
  ['1,000 levels of references', chain(1_000, (next) => ({ allOf: [next] })), '/$defs/d199/allOf/0', DEEP],
])('%s exceeds a limit', (_, schema, path, why) => {
  expect(schemaLimit(schema)).toEqual({ reason: 'SCHEMA_LIMIT', path, why });
});

const tree = { type: 'object', properties: { left: to('tree'), right: to('tree') }, items: [to('tree')] };
const names = Array.from({ length: 24 }, (_, n) => `type${n}`);
const grammar = Object.fromEntries(
  names.map((name) => [name, { properties: Object.fromEntries(names.map((each) => [each, to(each)])) }]),
);

test.each<[string, JsonObject]>([
  ['no reference', { type: 'object', properties: { a: text } }],
  ['a tree', { type: 'object', $defs: { tree }, properties: { root: to('tree') } }],
  [
    'the whole schema as a part of it',
    { type: 'object', properties: { a: { $ref: '#' } }, additionalProperties: { $ref: '#' } },
  ],
  ['a part that is checked twice', { type: 'object', $defs: { a: text }, allOf: [to('a'), { anyOf: [to('a')] }] }],
  ['definitions that all refer to each other', { type: 'object', $defs: grammar, ...to('type0') }],
  ['a document inside it', { $defs: { a: { $id: 'https://example.org/a', ...text } }, $ref: 'https://example.org/a#' }],
  ['a reference to nothing', { type: 'object', $ref: '#/$defs/missing' }],
  ['data', { type: 'object', default: { $ref: 'https://example.org' }, enum: [{ $ref: '#' }] }],
  ['a parameter called $ref', { $ref: text, not: { type: 'object', properties: { $ref: text } } }],
  ['300 levels', nested(199)],
])('%s is within the limits', (_, schema) => {
  expect(schemaLimit(schema)).toBeNull();
});

test('what is within the limits can be compiled', () => {
  expect(compileValidator(chain(190, (next) => ({ allOf: [next] })))('text', '')).toEqual([]);
  expect(compileValidator({ type: 'object', $defs: grammar, ...to('type0') })({ type3: {} }, '')).toEqual([]);
});

test('a large schema is measured in linear time', () => {
  const count = 20_000;
  const properties = Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, to(`p${n}`)]));
  const $defs = Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, text]));

  expect(schemaLimit({ type: 'object', $defs, properties })).toBeNull();
});
