import { schemaMistakes } from '../../../platform/core/schema/schema-mistakes';

const found = (schema: Parameters<typeof schemaMistakes>[0]) =>
  schemaMistakes(schema).map(({ path, why }) => `${path}: ${why}`);

test('a key that is almost a keyword is named, at any depth', () => {
  const inner = { properties: { token: { type: 'string', secrte: true } } };
  expect(
    found({
      password: { type: 'string', secrt: true, requird: true },
      list: { type: 'array', item: { type: 'string' }, items: { type: 'object', ...inner } },
      either: { oneOf: [{ type: 'string', maxlength: 3 }] },
    }),
  ).toEqual([
    "/password/secrt: 'secrt' has no meaning here. Did you mean 'secret'?",
    "/password/requird: 'requird' has no meaning here. Did you mean 'required'?",
    "/list/item: 'item' has no meaning here. Did you mean 'items'?",
    "/list/items/properties/token/secrte: 'secrte' has no meaning here. Did you mean 'secret'?",
    "/either/oneOf/0/maxlength: 'maxlength' has no meaning here. Did you mean 'maxLength'?",
  ]);
});

test('names of parameters, and keys for readers, are no mistakes', () => {
  const property = { type: 'string', 'x-order': 1, widget: 'area', example: 'a', placeholder: 'b' };
  expect(found({ type: { type: 'string' }, secrt: property, requird: property })).toEqual([]);
  expect(found({ type: 'object', required: ['a'], properties: { requird: property, items: property } })).toEqual([]);
});

test.each([
  ['boolean', 'yes', 'the default is not of type boolean: write true or false'],
  ['integer', 'abc', 'the default is not of type integer'],
  ['integer', 1.5, 'the default is not of type integer'],
  ['string', 12, 'the default is not of type string'],
  ['array', {}, 'the default is not of type array'],
  ['object', [], 'the default is not of type object'],
])('a default that is no %s is named: %j', (type, value, why) => {
  expect(found({ a: { type, default: value } })).toEqual([`/a/default: ${why}`]);
});

test.each([
  ['integer', 3],
  ['integer', 9_007_199_254_740_993n],
  ['number', 1.5],
  ['string', null],
  ['boolean', '{{ config.flag }}'],
  [['string', 'integer'], 3],
])('a default that its type allows is none: %j', (type, value) => {
  expect(found({ a: { type, default: value } })).toEqual([]);
});
