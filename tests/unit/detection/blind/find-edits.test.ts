import ts from 'typescript';
import type { Kind } from '../../../../tools/detection/blind/edit';
import { findEdits } from '../../../../tools/detection/blind/find-edits';

/** The edits of a kind that the types of the source allow: what they make of it. */
function editsOf(kind: Kind, source: string): string[] {
  const [file, types] = compile(`declare const a: number, b: number, isA: boolean, isB: boolean, db: any;\n${source}`);
  return findEdits('platform/core/a.ts', file)
    .filter((edit) => edit.kind === kind && (edit.isPossible?.(types) ?? true))
    .map(({ range, replacement }) =>
      `${file.text.slice(0, range.start)}${replacement}${file.text.slice(range.end)}`.split('\n')[1]!.trim(),
    );
}

function compile(source: string): [ts.SourceFile, ts.TypeChecker] {
  const options: ts.CompilerOptions = { noLib: true, strict: true, types: [] };
  const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.ES2022, true);
  const host = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name: string) => (name === 'a.ts' ? file : undefined),
  };
  return [file, ts.createProgram(['a.ts'], options, host).getTypeChecker()];
}

test.each<[Kind, string, string[]]>([
  [
    'two of one type swapped',
    'function f() { return { a, b, c: isA }; }',
    ['function f() { return { a: b, b: a, c: isA }; }'],
  ],
  ['two of one type swapped', "function f(g: (x: number, y: 'm', z: 'n') => void) { g(a, 'm', 'n'); }", []],
  ['two of one type swapped', 'const f = (g: any) => g(a, isA, b);', ['const f = (g: any) => g(b, isA, a);']],
  ['field lost', 'const f = () => ({ a, b });', ['const f = () => ({ b });', 'const f = () => ({ a });']],
  ['filter ignored', "const f = () => db.where('a', '=', 1).all();", ['const f = () => db.all();']],
  ['filter ignored', 'const f = () => isA && isB;', ['const f = () => isA;', 'const f = () => isB;']],
  ['filter ignored', 'const f = (c: any) => isA && c;', []],
  [
    'filter ignored',
    'const f = () => db.and([isA, isB]);',
    ['const f = () => db.and([isB]);', 'const f = () => db.and([isA]);'],
  ],
  ['default changed', "const f = (c?: string) => c ?? 'x';", ["const f = (c?: string) => c ?? '';"]],
  ['default changed', 'const f = (c?: number) => c ?? a;', ['const f = (c?: number) => c;']],
  [
    'default changed',
    'const f = (c = 9, d = false) => [c, d];',
    ['const f = (c = 10, d = false) => [c, d];', 'const f = (c = 9, d = true) => [c, d];'],
  ],
  ['sort key dropped', "const f = () => db.orderBy('a').all();", ['const f = () => db.all();']],
  ['and for or', 'const f = () => isA || isB;', ['const f = () => (isA) && (isB);']],
  ['off by one', 'const f = () => a < b;', ['const f = () => a <= b;']],
  ['off by one', 'const f = () => a - 1;', ['const f = () => a;']],
  [
    'off by one',
    'const f = () => db[0].slice(1);',
    ['const f = () => db[0].slice(2);', 'const f = () => db[1].slice(1);'],
  ],
  ['await lost', 'async function f() { await db.save(); }', ['async function f() { void db.save(); }']],
  ['await lost', 'async function f() { const c = await db.read(); }', []],
  [
    'notification lost or early',
    'async function f() { await db.save(); await notifyAll(db); }',
    ['async function f() { await db.save();  }', 'async function f() { await notifyAll(db); await db.save(); }'],
  ],
  ['condition negated', 'function f() { if (isA) db.save(); }', ['function f() { if (!(isA)) db.save(); }']],
  ['branch lost', 'function f() { if (isA) db.save(); }', ['function f() {  }']],
  ['branch lost', 'const f = () => (isA ? a : b);', ['const f = () => (a);', 'const f = () => (b);']],
  ['early return lost', 'function f() { if (isA) return; db.save(); }', ['function f() {  db.save(); }']],
])('%s: %s', (kind, source, expected) => {
  expect(editsOf(kind, source)).toEqual(expected);
});

test.each<[string, Kind, string]>([
  ['of a constant', 'off by one', 'const C = a < b;'],
  ['of a log line', 'field lost', "const f = () => db.log.info({ a, b }, 'it ran');"],
  ['of a loop', 'condition negated', 'function f() { while (isA) db.save(); }'],
  [
    'of the start of an optional chain',
    'off by one',
    'const f = () => db?.slice(1)?.all();'.replace('slice(1)', 'all'),
  ],
  ['of the first branch', 'early return lost', 'function f() { if (isA) return 1; else return 2; }'],
])('there is none %s', (_, kind, source) => {
  expect(editsOf(kind, source)).toEqual([]);
});

test('an edit has its place: file, line, function, and an id of its own', () => {
  const [file] = compile('class A {\n  at() {\n    return a < b && b < a;\n  }\n}\n');
  const edits = findEdits('platform/core/a.ts', file);
  const bounds = edits.filter(({ kind }) => kind === 'off by one');

  expect(bounds.map(({ line, within, original, replacement }) => [line, within, original, replacement])).toEqual([
    [3, 'A.at', 'a < b', 'a <= b'],
    [3, 'A.at', 'b < a', 'b <= a'],
  ]);
  expect(new Set(edits.map(({ id }) => id)).size).toBe(edits.length);
});
