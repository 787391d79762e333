import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestProgramOf } from '../../../bin/request-program';
import { testDirectory } from '../../test-directory';

const { bundle, openBuilder } = jest.requireActual<{
  bundle(root: string): Promise<string>;
  openBuilder(root: string): Promise<{ store(): Promise<void>; close(): Promise<void> }>;
}>('../../../bin/bundle.js');

const FOLDERS = ['cli', 'contract', 'helpers', 'platform/egress', 'tools', 'node_modules'];

/** A project whose program is one value. */
function project() {
  const root = testDirectory();
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{}');
  writeFileSync(join(root, 'cli/entry.ts'), `export { value } from '../platform/value';`);
  const request = join(root, 'platform/egress/http-request-program.ts');
  writeFileSync(request, `import { value } from '../value'; console.log('request', value);`);
  const write = (value: string) => writeFileSync(join(root, 'platform/value.ts'), `export const value = '${value}';`);
  write('first');
  const cache = join(root, 'node_modules/.cache/tuningfork/bundles');
  return { root, write, cache, cached: () => readdirSync(cache) };
}

test('a bundle is made once for the same sources, and again for others', async () => {
  const { root, write, cached } = project();
  const first = await bundle(root);
  expect([first.includes('first'), await bundle(root), cached().length]).toEqual([true, first, 1]);

  write('second');
  expect([(await bundle(root)).includes('second'), cached().length]).toEqual([true, 2]);

  write('first');
  expect([await bundle(root), cached().length]).toEqual([first, 2]);
});

test('a module that hides another one changes the bundle', async () => {
  const { root } = project();
  await bundle(root);
  writeFileSync(join(root, 'platform/value.tsx'), `export const value = 'hidden';`);
  expect(await bundle(root)).toContain('hidden');
});

test('the bundles of the last four states of the sources are kept', async () => {
  const { root, write, cached } = project();
  for (const value of ['a', 'b', 'c', 'd', 'e', 'f']) {
    write(value);
    await bundle(root);
  }
  expect(cached()).toHaveLength(4);
});

test('where nothing can be stored, the bundle is made each time', async () => {
  const { root } = project();
  writeFileSync(join(root, 'node_modules/.cache'), 'a file');
  expect(await bundle(root)).toContain('first');
  expect(await bundle(root)).toContain('first');
});

test('a builder stores the bundle that a start would make, after each change', async () => {
  const { root, write, cache, cached } = project();
  const values = ['second', 'another', 'first'];
  const made = new Map<string, string>();
  for (const value of values) {
    write(value);
    made.set(value, await bundle(root));
  }
  rmSync(cache, { recursive: true });

  const builder = await openBuilder(root);
  for (const [n, value] of [...values, ...values].entries()) {
    write(value);
    await builder.store();
    expect(cached()).toHaveLength(Math.min(n + 1, values.length));
    expect(await bundle(root)).toBe(made.get(value));
  }
  await builder.close();
});

test('a bundle contains the program of one request apart', async () => {
  const { root, write } = project();
  const entry = join(root, 'cli/entry.ts');
  writeFileSync(entry, `export { value } from '../platform/value'; // \u2028\nexport const rest = 'the rest';`);
  write('of both \u2028');
  const program = requestProgramOf(await bundle(root));

  expect(program).toContain('"of both');
  expect(program).not.toContain('the rest');
});
