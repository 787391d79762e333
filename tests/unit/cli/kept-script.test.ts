import { runInThisContext } from 'node:vm';
import { buildSync } from 'esbuild';
import { asciiOf } from '../../../bin/kept-script';

/** What a program of this source returns, bundled as the platform is. */
function valueOf(source: string): unknown {
  const options = { loader: 'ts', resolveDir: __dirname } as const;
  const { outputFiles } = buildSync({
    stdin: { contents: source, ...options },
    bundle: true,
    write: false,
    format: 'cjs',
  });
  const code = asciiOf(outputFiles[0]!.text);
  expect(code).toMatch(/^[\0-\x7f]*$/);
  const module = { exports: {} as { value?: unknown } };
  const run = runInThisContext(`(function (module) {${code}\n})`) as (module: object) => void;
  run(module);
  return module.exports.value;
}

test.each([
  ['a regular expression', `export const value = /^[a-zµ]+$/.test('µs');`, true],
  ['one of code points', `export const value = /^[😀]$/u.test('😀');`, true],
  [
    'an escaped character of one',
    String.raw`export const value = [/^\–$/.test('–'), /^\\–$/.test('\\–')];`,
    [true, true],
  ],
  ['a text', `export const value = 'µ';`, 'µ'],
  ['a tagged template', 'const tag = ([text]) => text; export const value = tag`µ😀`;', 'µ😀'],
  ['an escaped character of it', 'const tag = ([text]) => text; export const value = tag`\\µ\\\\µ`;', 'µ\\µ'],
  ['a comment inside of a value', 'export const value = [/* … */ 1, // …\n2];', [1, 2]],
])('%s is the same in a bundle of ASCII characters', (_, source, value) => {
  expect(valueOf(source)).toEqual(value);
});

test('a raw template that would change is refused', () => {
  expect(() => valueOf('export const value = String.raw`a…b`;')).toThrow('not ASCII: String.raw`a…b`');
  expect(valueOf('export const value = String.raw`a\\n` + "…";')).toBe('a\\n…');
});
