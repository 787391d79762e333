import { Type } from '@sinclair/typebox';
import { explain, matches } from '../../../helpers/client/validate';

const treeOf = (name: string) =>
  Type.Recursive((Self) => Type.Object({ [name]: Type.Integer(), children: Type.Array(Self) }), { $id: 'Tree' });

test('a schema and a part of another one have the same name', () => {
  const node = { id: 1, children: [] };

  expect([matches(treeOf('id'), node), matches(Type.Object({ data: treeOf('number') }), { data: node })]).toEqual([
    true,
    false,
  ]);
});

test('the faults of a value have their paths', () => {
  const schema = Type.Object({ data: Type.Object({ id: Type.Integer(), name: Type.String() }) });

  expect(explain(schema, { data: { id: 'a', name: 'b' } })).toBe('/data/id must be integer');
  expect(explain(schema, { data: { id: 'a', name: 1 } })).toBe('/data/id must be integer, /data/name must be string');
  expect(explain(schema, { data: { id: 1, name: 'b' } })).toBe('No errors');
});
