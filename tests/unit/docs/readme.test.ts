import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { createProgram } from '../../../cli/main';
import { EXIT_CODES } from '../../../contract/errors';
import { FAULTS } from '../../../tools/detection/catalogue/catalogue';

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

/** The commands of a page, each as its words: `['test', '--changed', 'tests/unit']`. */
const commandsOf = (page: string): string[][] =>
  [...read(page).matchAll(/npx tuningfork ([^`|#\n]+)/g)].map(([, words]) => words!.trim().split(/\s+/));

/** The options that a command line names and does not have, after its command. */
function unknownOptions(words: readonly string[]): string[] {
  let command = createProgram({ root: ROOT, bundle: '' });
  for (const word of words) {
    const found: typeof command | undefined = command.commands.find((each) => each.name() === word);
    if (!found) break;
    command = found;
  }
  const known = command.options.flatMap(({ short, long }) => [short, long]);
  return words.filter(
    (word) => /^--?[a-z]/.test(word) && !known.includes(word.split('=')[0]) && !OF_ALL.includes(word),
  );
}

/** Of each command; and one of Jest, to which `test` and `burn-in` hand it. */
const OF_ALL = ['--help', '-t'];

test.each(['README.md', ...PAGES])('every option of a command that %s names exists', (page) => {
  const unknown = commandsOf(page).map((words) => [words.join(' '), unknownOptions(words)]);

  expect(unknown.filter(([, options]) => options!.length > 0)).toEqual([]);
});

test.each(['README.md', ...PAGES])('every fault that %s names is in the catalogue', (page) => {
  const ids = FAULTS.map(({ id }) => id);
  const named = [...read(page).matchAll(/\b(?:F\d{3,4}|S\d\d[a-z])\b/g)].map(([id]) => id);

  expect(named.filter((id) => !ids.includes(id))).toEqual([]);
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
