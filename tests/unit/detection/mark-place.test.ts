import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyMarked } from '../../../tools/detection/run/marked-fault';
import { markPlace } from '../../../tools/detection/source/mark-place';
import { testDirectory } from '../../test-directory';

/** The source with a note at the part in `«…»`. */
function marked(source: string): string | null {
  const [start, end] = [source.indexOf('«'), source.indexOf('»') - 1];
  return markPlace(source.replace(/[«»]/g, ''), { start, end }, 'note()');
}

test.each([
  ['a statement', 'function f() { a(); «b();» }', 'function f() { a(); note();b(); }'],
  ['a part of a statement', 'function f() { return «a» + b; }', 'function f() { note();return a + b; }'],
  ['a statement that is left out', 'function f() { a(); «» }', 'function f() { a(); note(); }'],
  ['the branch of a condition', 'function f() { if (a) «return»; }', 'function f() { if (a) { note(); return; } }'],
  ['a condition', 'function f() { if («!a») return; }', 'function f() { note();if (!a) return; }'],
  ['the right side of a condition', 'const f = () => a && b(«c»);', 'const f = () => a && (note(), b(c));'],
  ['one result of two', 'const f = () => (a ? «b» : c);', 'const f = () => (a ? (note(), b) : c);'],
  ['a result', 'const f = () => ({ «a: 1» });', 'const f = () => (note(), ({ a: 1 }));'],
  ['a default', 'function f(a = «1») {}', 'function f(a = (note(), 1)) {}'],
  ['a case', 'function f() { switch (a) { case 1: «b();» } }', 'function f() { switch (a) { case 1: note();b(); } }'],
  ['a function in a table', 'const A = { f: () => «1» };', 'const A = { f: () => (note(), 1) };'],
  ['a field of a class', 'class A { a = «1»; }', 'class A { a = (note(), 1); }'],
])('%s notes that it runs', (_, source, expected) => {
  expect(marked(source)).toBe(expected);
});

test.each([
  ['a constant', 'const A = «1»;'],
  ['a type', 'function f(a: «string») {}'],
  ['an import', "import { a } from «'b'»;"],
])('%s is no place that runs', (_, source) => {
  expect(marked(source)).toBeNull();
});

test('the place of a fault ran during the claims in whose time it noted so', () => {
  const directory = testDirectory();
  const [root, path] = [directory, join(directory, 'platform/a.ts')];
  mkdirSync(join(root, 'platform'));
  const original = 'const isLess = (a, b) => a < b;\nmodule.exports = isLess;\n';
  writeFileSync(path, original);
  const change = { file: 'a.ts', within: 'isLess', find: 'a < b', replace: 'a <= b' };
  const applied = applyMarked(root, { id: 'F1', promise: '', claims: [], ...change });
  const claims = ['T1.1a', 'T1.1b', 'S3-07'];
  const timesUntil = (now: number) => [
    { id: 'T1.1a', from: now - 60_000, to: now },
    { id: 'T1.1b', from: now + 60_000, to: now + 61_000 },
  ];

  expect(applied.ranDuring(claims, timesUntil(Date.now()))).toEqual([]);
  writeFileSync(join(root, 'a.cjs'), readFileSync(path));
  execFileSync(process.execPath, ['-e', `require('${join(root, 'a.cjs')}')(1, 2)`]);

  expect(applied.ranDuring(claims, timesUntil(Date.now()))).toEqual(['T1.1a', 'S3-07']);
  applied.restore();
  expect(readFileSync(path, 'utf8')).toBe(original);
});
