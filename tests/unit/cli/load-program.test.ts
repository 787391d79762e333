import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { keepCompiled } from '../../../cli/keep-compiled';
import { testDirectory } from '../../test-directory';

interface Loaded {
  readonly exports: { readonly value: (input: number) => number };
  readonly compiled: { readonly path: string; readonly code: () => Buffer } | null;
}
interface Loader {
  loadProgram(options: { bundle: string; filename: string; root: string; command: string }): Loaded;
  withDigest(bundle: string, digest: string): string;
}

const { loadProgram, withDigest } = jest.requireActual<Loader>('../../../bin/load-program.js');
const [FIRST, SECOND] = ['1'.repeat(64), '2'.repeat(64)];

function project() {
  const root = testDirectory();
  const load = (bundle: string, command = 'up') =>
    loadProgram({ bundle, filename: join(root, 'tuningfork.cjs'), root, command });
  const start = (bundle: string, command?: string) => {
    const { exports, compiled } = load(bundle, command);
    const value = exports.value(20);
    keepCompiled({ root, bundle, compiled });
    return { value, wasKept: compiled === null };
  };
  const directory = join(root, 'node_modules/.cache/tuningfork/compiled');
  return { start, load, directory };
}

const twice = `exports.value = (input) => input * 2;\n`;
const thrice = `exports.value = (input) => input * 3;\n`;

test('the compiled code of a bundle is kept for each kind of process', () => {
  const { start, directory } = project();
  const bundle = withDigest(twice, FIRST);

  expect(start(bundle)).toEqual({ value: 40, wasKept: false });
  expect(start(bundle)).toEqual({ value: 40, wasKept: true });
  expect(start(bundle, 'worker-process')).toEqual({ value: 40, wasKept: false });
  expect(start(bundle, 'read-packs')).toEqual({ value: 40, wasKept: false });
  expect(readdirSync(directory)).toHaveLength(3);
});

test('a bundle of the same length from other sources is compiled again', () => {
  const { start } = project();
  start(withDigest(twice, FIRST));

  expect(start(withDigest(thrice, SECOND))).toEqual({ value: 60, wasKept: false });
  expect(start(withDigest(twice, FIRST))).toEqual({ value: 40, wasKept: true });
});

test('a damaged file of compiled code is replaced', () => {
  const { start, load } = project();
  const { compiled } = load(withDigest(twice, FIRST));
  keepCompiled({ root: '', bundle: '', compiled: compiled && { ...compiled, code: () => Buffer.from('damaged') } });
  const bundle = withDigest(`exports.value = (input) => input + 1;\n`, FIRST); // V8 has not compiled it yet

  expect(start(bundle)).toEqual({ value: 21, wasKept: false });
  expect(start(bundle)).toEqual({ value: 21, wasKept: true });
});

test('nothing is kept of a bundle whose sources are not known', () => {
  const { start, directory } = project();

  expect(start(twice)).toEqual({ value: 40, wasKept: true });
  expect(existsSync(directory)).toBe(false);
});

test('an error names the file of the program and its line', () => {
  const { load } = project();
  const bundle = withDigest(`\nexports.value = () => {\n  throw new Error('failed');\n};\n`, FIRST);
  const { exports } = load(bundle);

  let stack = '';
  try {
    exports.value(1);
  } catch (error) {
    stack = (error as Error).stack ?? '';
  }

  expect(stack).toContain('tuningfork.cjs:4:');
});
