import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkEach } from '../../../cli/history/check-history';
import { commitsSince } from '../../../cli/history/commits';
import { Interrupted } from '../../../helpers/errors';
import { repositoryRoot } from '../../../helpers/repository-root';
import { testDirectory } from '../../test-directory';

const ROOT = repositoryRoot();
const FILTER = 'helpers/jest/entries/selection-filter.js';
const TEST = 'tests/unit/one.test.ts';
const HEX = expect.stringMatching(/^[0-9a-f]{40}$/);

let root: string;
let base: string;
beforeEach(() => {
  root = testDirectory();
  git('init', '--quiet');
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  base = commit('all: start', {
    '.gitignore': 'node_modules\ncache/\nresults/\n',
    'package-lock.json': '{}\n',
    'tsconfig.json': JSON.stringify({
      compilerOptions: { module: 'commonjs', skipLibCheck: true, types: ['node', 'jest'], ignoreDeprecations: '6.0' },
      include: ['helpers', 'tests'],
    }),
    'jest.config.json': JSON.stringify({ transform: {}, cacheDirectory: '<rootDir>/cache', reporters: ['default'] }),
    [FILTER]: readFileSync(join(ROOT, FILTER), 'utf8'),
    'helpers/one.ts': 'exports.one = 1;\n',
    'helpers/other.ts': 'exports.other = 1;\n',
    [TEST]: "test('one', () => expect(require('../../helpers/one').one).toBe(1));\n",
  });
});

const git = (...args: readonly string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();

function commit(subject: string, files: Readonly<Record<string, string>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', subject);
  return git('rev-parse', 'HEAD');
}

async function check(stop: AbortSignal, report: (line: string) => void = () => {}) {
  const commits = await commitsSince(root, base);
  const outputs = join(root, 'results');
  mkdirSync(outputs, { recursive: true });
  return checkEach({ root, commits, folders: ['tests/unit'], outputs, stop, report });
}

const NEVER = new AbortController().signal;

test('a commit that does not compile, or fails its tests, is named', async () => {
  commit('helpers: add a constant', { 'helpers/one.ts': 'exports.one = 1;\nexports.two = 2;\n' });
  commit('helpers: use a text', { 'helpers/other.ts': "exports.other = Math.max('1');\n" });
  commit('helpers: use a number', { 'helpers/other.ts': 'exports.other = Math.max(1);\n' });
  commit('helpers: change one', { 'helpers/one.ts': 'exports.one = 3;\n' });

  expect(await check(NEVER)).toEqual([
    { commit: HEX, subject: 'helpers: add a constant', verdict: 'ok', faults: [], test_files: 1 },
    {
      commit: HEX,
      subject: 'helpers: use a text',
      verdict: 'failed',
      test_files: 0,
      faults: [expect.stringMatching(/^types: helpers\/other\.ts\(1,26\): error TS2345: /)],
    },
    { commit: HEX, subject: 'helpers: use a number', verdict: 'ok', faults: [], test_files: 0 },
    {
      commit: HEX,
      subject: 'helpers: change one',
      verdict: 'failed',
      test_files: 1,
      faults: [`tests: ${TEST}`],
    },
  ]);
});

test('a subject without an area, or above 60 characters, is a fault', async () => {
  commit('add a file', { 'notes.md': 'a' });
  commit(`docs: ${'a'.repeat(55)}`, { 'notes.md': 'b' });

  expect((await check(NEVER)).map(({ faults }) => faults)).toEqual([
    ['subject: expected `area: imperative`'],
    ['subject: 61 characters, 60 at most'],
  ]);
});

test('an interruption removes the working tree', async () => {
  commit('docs: add a file', { 'notes.md': 'a' });
  const stop = new AbortController();
  let other = '';
  const checked = check(stop.signal, () => {
    other = git('worktree', 'list', '--porcelain')
      .match(/^worktree (.*)$/gm)![1]!
      .slice('worktree '.length);
    stop.abort();
  });

  await expect(checked).rejects.toThrow(Interrupted);
  expect(other).toContain('tuningfork-history-');
  expect(existsSync(other)).toBe(false);
  expect(git('worktree', 'list', '--porcelain')).not.toContain(other);
});
