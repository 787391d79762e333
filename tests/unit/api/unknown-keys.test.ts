import { Type } from '@sinclair/typebox';
import { CreateRule } from '../../../contract/rules';
import { unknownKeys } from '../../../platform/api/http/unknown-keys';

const Item = Type.Object({ name: Type.String(), more: Type.Optional(Type.Record(Type.String(), Type.Any())) });
const Body = Type.Object({
  ref: Type.String(),
  items: Type.Optional(Type.Array(Item)),
  either: Type.Optional(Type.Union([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })])),
  open: Type.Optional(Type.Union([Item, Type.Record(Type.String(), Type.Any())])),
});

test.each([
  ['a known key', { ref: 'a' }, []],
  ['a misspelt key', { ref: 'a', itmes: [] }, ["/itmes: 'itmes' has no meaning here. Did you mean 'items'?"]],
  [
    'a key inside of a list',
    { items: [{ name: 'a' }, { nmae: 'b' }] },
    ["/items/1/nmae: 'nmae' has no meaning here: the keys are name, more"],
  ],
  ['a key of a map of any keys', { items: [{ more: { nmae: 1 } }], open: { nmae: 1 } }, []],
  ['a key of each alternative', { either: { a: '', b: '' } }, []],
  ['a key of no alternative', { either: { c: '' } }, ["/either/c: 'c' has no meaning here: the keys are a, b"]],
  ['a pointer with a slash', { 'a/b': 1 }, ["/a~1b: 'a/b' has no meaning here: the keys are ref, items, either, open"]],
])('%s', (_, body, expected) => {
  expect(unknownKeys(Body, body)).toEqual(expected);
});

test('a misspelt key of a rule is named', () => {
  expect(unknownKeys(CreateRule, { ref: 'a.b', condtions: [] })).toEqual([
    "/condtions: 'condtions' has no meaning here. Did you mean 'conditions'?",
  ]);
});
