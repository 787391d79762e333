import { unusablePart } from '../../../platform/core/schema/unusable-part';

const SECRET = { type: 'string', secret: true };
const text = { type: 'string' };

test.each([
  [{ a: { type: 'object', additionalProperties: SECRET } }, '/a/additionalProperties/secret'],
  [{ a: { type: 'object', patternProperties: { '^x': SECRET } } }, '/a/patternProperties/^x/secret'],
  [{ a: { anyOf: [text, SECRET] } }, '/a/anyOf/1/secret'],
  [{ a: { allOf: [{ properties: { b: SECRET } }] } }, '/a/allOf/0/properties/b/secret'],
  [{ a: { type: 'array', prefixItems: [text, SECRET] } }, '/a/prefixItems/1/secret'],
  [{ a: { type: 'array', items: [SECRET] } }, '/a/items/0/secret'],
  [{ a: { items: { properties: { b: { not: SECRET } } } } }, '/a/items/properties/b/not/secret'],
  [{ type: 'object', $defs: { key: SECRET }, properties: { a: { $ref: '#/$defs/key' } } }, '/$defs/key/secret'],
  [{ type: 'object', if: { properties: { a: SECRET } } }, '/if/properties/a/secret'],
  [{ type: 'object', secret: true, properties: { a: text } }, '/secret'],
  // Without `type: object` it is a parameter called `properties`.
  [{ properties: { a: SECRET } }, '/properties/a/secret'],
  [{ type: ['object', 'null'], properties: { a: SECRET } }, '/properties/a/secret'],
  [{ a: { type: 'string', secret: 'yes' } }, '/a/secret'],
])('a secret that is not read is refused: %j', (schema, path) => {
  expect(unusablePart(schema)).toMatchObject({ reason: 'SECRET_WITHOUT_EFFECT', path });
});

test.each([
  [{ a: SECRET, secret: text, properties: text, default: SECRET }],
  [{ a: { ...SECRET, secret: false, default: { secret: true }, enum: [{ secret: true }] } }],
  [{ a: { type: 'object', properties: { b: { items: { properties: { c: SECRET } } } }, items: SECRET } }],
  [{ type: 'object', properties: { a: SECRET, b: { secret: null, items: SECRET } } }],
])('a secret that is read is accepted: %j', (schema) => {
  expect(unusablePart(schema)).toBeNull();
});

test.each([
  [{ type: 'object', secret: true }],
  [{ type: 'array', items: SECRET }],
  [{ type: ['object', 'null'], properties: { a: SECRET } }],
  [{ properties: { a: SECRET } }],
  [{ a: SECRET, secret: text }],
])('a schema of any value is read as a whole: %j', (schema) => {
  expect(unusablePart(schema, { ofValue: true })).toBeNull();
});

test.each([
  [{ type: 'array', items: [SECRET] }, '/items/0/secret'],
  [{ anyOf: [text, SECRET] }, '/anyOf/1/secret'],
  [{ a: { anyOf: [text, SECRET] } }, '/a/anyOf/1/secret'],
  [{ type: 'string', secret: 'yes' }, '/secret'],
])('a secret of any value that is not read is refused: %j', (schema, path) => {
  expect(unusablePart(schema, { ofValue: true })).toMatchObject({ reason: 'SECRET_WITHOUT_EFFECT', path });
});

const named = { properties: { ['__proto__']: text } };

test.each([
  [{ constructor: text }, '/constructor'],
  [{ type: 'object', properties: { constructor: text } }, '/properties/constructor'],
  [{ a: { type: 'object', properties: { prototype: text } } }, '/a/properties/prototype'],
  [{ type: 'object', properties: { a: { type: 'array', items: named } } }, '/properties/a/items/properties/__proto__'],
  [{ type: 'object', anyOf: [text, named] }, '/anyOf/1/properties/__proto__'],
  [{ default: { type: 'object', properties: { default: named } } }, '/default/properties/default/properties/__proto__'],
])('a forbidden name is refused at any depth: %j', (schema, path) => {
  expect(unusablePart(schema)).toMatchObject({ reason: 'KEY_FORBIDDEN', path });
  expect(unusablePart(schema, { ofValue: true })).toMatchObject({ reason: 'KEY_FORBIDDEN', path });
});

test('a value may have any key', () => {
  expect(unusablePart({ a: { type: 'object', default: { constructor: 1 }, enum: [{ prototype: 1 }] } })).toBeNull();
});
