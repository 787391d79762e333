import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { createProgram } from '../../../cli/main';
import { EXIT_CODES } from '../../../contract/errors';

const ROOT = join(__dirname, '../../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const readme = read('README.md');

const found = (pattern: RegExp): string[] => [...new Set([...readme.matchAll(pattern)].map(([, name]) => name!))];

test('the first 20 lines contain the two commands', () => {
  const screen = readme.split('\n').slice(0, 20);
  expect(screen.filter((line) => line.startsWith('    npm ci && ')).map((line) => line.split('#')[0]!.trim())).toEqual([
    'npm ci && npx jest tests/e2e/tier2',
    'npm ci && npm test',
  ]);
});

test('every npm script that is named exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = ['test', ...found(/npm run ([a-z:]+)/g)];
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

test('every test path that is named finds a test file', () => {
  const files = readdirSync(join(ROOT, 'tests'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `tests/${file}`);
  expect(found(/npx jest ([\w/-]+)/g).filter((path) => !files.some((file) => file.includes(path)))).toEqual([]);
});

const PAGES = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => posix.join('docs', ...path.split(sep)));

test.each(['README.md', ...PAGES])('every command of tuningfork that %s names exists', (page) => {
  const { commands } = createProgram({ root: ROOT, bundle: '' });
  const names = commands.map((command) => command.name());
  const named = [...read(page).matchAll(/npx tuningfork ([a-z][a-z-]*)/g)].map(([, name]) => name!);

  expect(named.filter((name) => !names.includes(name))).toEqual([]);
});

test('every flag of tuningfork that is named exists', () => {
  const { commands } = createProgram({ root: ROOT, bundle: '' });
  const flags = commands.flatMap(({ options }) => options.map(({ long }) => long));

  expect(found(/`(--[a-z-]+)/g).filter((flag) => !flags.includes(flag))).toEqual([]);
});

/** Paths of the links of a page, from the root. */
const linkedBy = (page: string): string[] =>
  [...read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, path]) => posix.join(posix.dirname(page), path!));

test.each(['README.md', ...PAGES])('every link of %s leads to a file', (page) => {
  expect(linkedBy(page).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the list of pages has each of them', () => {
  const listed = ['docs/README.md', ...linkedBy('docs/README.md')];

  expect(PAGES.filter((page) => !listed.includes(page))).toEqual([]);
});

/** Written by a command, or files of the repository that a page is about. */
const NOT_OF_THE_CLONE = /^(results|node_modules)\/|^gate\/history\.jsonl$|^e2e\/run-on-host\.cjs$/;

test.each(['README.md', ...PAGES])('every path of the project that %s names exists', (page) => {
  const folders = readdirSync(ROOT);
  const paths = [...read(page).matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(([, path]) => path!);
  const ours = paths.filter((path) => folders.includes(path.split('/')[0]!) && !NOT_OF_THE_CLONE.test(path));

  expect(ours.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the shown scenario is an excerpt of its file', () => {
  const [, excerpt] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  expect(read('tests/e2e/tier2/t2-02-workflow-failure.test.ts')).toContain(excerpt);
});

test('the exit codes are those of the contract', () => {
  const [, table] = /\| exit \| means \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(readme) ?? [];
  const codes = [...(table ?? '').matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(EXIT_CODES));
});
