import { findBoundaries } from '../../../tools/detection/boundaries/find-boundaries';
import { instrumentBoundaries } from '../../../tools/detection/boundaries/instrument-boundaries';

const idsOf = (name: string, text: string): string[] =>
  findBoundaries(name, text).map((boundary) => ('id' in boundary ? boundary.id : boundary.kind));

test('each call of a method that may write is a boundary, by its function', () => {
  const text = `
    const CONSTANT = (db) => db.inTenant(1, async (t) => { inner(t); });
    function twice(db) { return db.singleStatement(a).then(() => db.singleStatement(b)); }
    class Access { end() { return this.options.db.withoutTenant(work); } }
    function reads(db) { return db.readingInTenant(1, work); }`;

  expect(idsOf('store/some.ts', text)).toEqual([
    'store/some:CONSTANT',
    'store/some:twice',
    'store/some:twice#2',
    'store/some:Access.end',
  ]);
});

test('a route that does not only read is a boundary, with its path', () => {
  const text = `
    const PATH = '/api/v1/things';
    route(api, { method: 'GET', path: PATH, handle });
    route(api, { method: 'PUT', path: \`\${PATH}/:id\`, handle });`;

  expect(idsOf('api/things.ts', text)).toEqual(['api/things:PUT /api/v1/things/:id']);
});

test('a method that is named and not called is reported', () => {
  const find = () => findBoundaries('store/some.ts', 'function pass(db) { return use(db.inTenant); }');

  expect(find).toThrow('platform/store/some.ts, pass: db.inTenant is not called where it is named');
});

test('the implementation of the methods has no boundary', () => {
  expect(idsOf('store/database/connection.ts', 'const f = (db) => db.inTenant(1, work);')).toEqual([]);
});

test('a fault point surrounds each boundary, also inside of another', () => {
  const text = `route(api, { method: 'POST', path: '/a', handle: (db) => db.inTenant(1, (t) => t.insert()) });`;

  expect(instrumentBoundaries('api/a.ts', text, '/points')).toBe(
    `import { faultPoint, namedRoute, idOfRoute } from "/points";
route(api, namedRoute({ method: 'POST', path: '/a', handle: (db) => faultPoint(db, 'inTenant', "api/a:module")(1, (t) => t.insert()) }, "api/a:POST /a"));`,
  );
});

test('a file without a boundary stays as it is', () => {
  expect(instrumentBoundaries('core/a.ts', 'const a = 1;', '/points')).toBe('const a = 1;');
});
