import { Type, type TSchema } from '@sinclair/typebox';
import { extension, extensionKeys, receivedSchema, withoutExtensions } from '../../../contract/extension';
import { matches } from '../../../helpers/client/validate';

const Part = Type.Object({ id: Type.Integer(), note: extension('a.note', Type.String()) });
const Whole = Type.Object({
  part: Part,
  parts: Type.Array(Part),
  either: Type.Unsafe({ anyOf: [Part, { type: 'null' }] }),
  limit: extension('a.limit', Type.Optional(Type.Integer())),
});
const plainPart = { id: 1 };
const plain = { part: plainPart, parts: [plainPart], either: plainPart };

test('a server promises its extensions', () => {
  expect(matches(Whole, plain)).toBe(false);
});

test('a client requires no extension, at any depth', () => {
  expect(matches(receivedSchema(Whole), plain)).toBe(true);
});

test('a client checks the extensions that it receives', () => {
  expect(matches(receivedSchema(Part), { id: 1, note: 'text' })).toBe(true);
  expect(matches(receivedSchema(Part), { id: 1, note: 2 })).toBe(false);
});

test('a client requires the keys of the contract', () => {
  expect(matches(receivedSchema(Whole), { ...plain, part: { note: 'text' } })).toBe(false);
});

test('the plain schema has no extension, at any depth', () => {
  const { properties } = withoutExtensions(Whole) as typeof Whole;
  expect(Object.keys(properties)).toEqual(['part', 'parts', 'either']);
  const [either] = (properties.either as TSchema).anyOf as TSchema[];
  const parts = [properties.part, properties.parts.items, either as typeof Part];
  expect(parts.map((part) => Object.keys(part.properties))).toEqual([['id'], ['id'], ['id']]);
  expect(parts.map((part) => part.required)).toEqual([['id'], ['id'], ['id']]);
});

test('the extensions of an object are named', () => {
  expect(extensionKeys(Whole)).toEqual(['limit']);
  expect(extensionKeys(Part)).toEqual(['note']);
});
