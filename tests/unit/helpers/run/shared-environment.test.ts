import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dirSync } from 'tmp';
import { repositoryRoot } from '../../../../helpers/repository-root';

const ROOT = repositoryRoot();
const { name: directory, removeCallback } = dirSync({ prefix: 'shared-environment', unsafeCleanup: true });
afterAll(() => removeCallback());

interface Report {
  readonly testResults: readonly { readonly status: string; readonly message: string }[];
}

const packageFile = (name: string): string => `node_modules/${name}/index.js`;

/** Runs files with these contents one after the other in one Jest process, as unit tests run. */
function runJest(files: Readonly<Record<string, string>>) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  const report = join(directory, 'report.json');
  const config = {
    rootDir: directory,
    transform: { '\\.ts$': join(ROOT, 'helpers/jest/modules/typescript-import.js') },
    runtime: join(ROOT, 'helpers/jest/modules/kept-code-runtime.js'),
    testEnvironment: join(ROOT, 'helpers/jest/modules/shared-environment.js'),
    cacheDirectory: join(directory, 'cache'),
  };
  const options = ['--config', JSON.stringify(config), '-i', '--json', '--outputFile', report];
  const selected = Object.keys(files).filter((name) => name.endsWith('.test.js'));
  spawnSync(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), ...options, ...selected], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return { statuses: testResults.map(({ status }) => status), messages: testResults.map(({ message }) => message) };
}

const PASSED = { statuses: ['passed', 'passed'] };

test('a package is evaluated once for all test files of a process', () => {
  const list = join(directory, 'evaluations');
  const file = "require('counted'); test('some', () => {});";
  const counted = `require('node:fs').appendFileSync(${JSON.stringify(list)}, 'one ');`;

  expect(runJest({ [packageFile('counted')]: counted, 'a1.test.js': file, 'a2.test.js': file })).toMatchObject(PASSED);
  expect(readFileSync(list, 'utf8')).toBe('one ');
});

test('any other module is evaluated for each test file', () => {
  const file = `test('some', () => {
    const list = require('./evaluated');
    expect(list).toEqual([]);
    list.push(1);
  });`;

  expect(runJest({ 'evaluated.js': 'module.exports = [];', 'a3.test.js': file, 'a4.test.js': file })).toMatchObject(
    PASSED,
  );
});

test('what a test file changes of its context ends with it', () => {
  const file = `
    const spied = require('spied');
    test('some', () => {
      expect([globalThis.left, process.env.LEFT, process.env.HOME, spied.name()]).toEqual([
        undefined, undefined, ${JSON.stringify(process.env.HOME)}, 'real',
      ]);
      expect(Date.now()).toBeGreaterThan(1e12);
      globalThis.left = 1;
      process.env.LEFT = 'left';
      delete process.env.HOME;
      jest.spyOn(spied, 'name').mockReturnValue('spy');
      jest.useFakeTimers({ now: 0 });
    });`;
  const files = { [packageFile('spied')]: "exports.name = () => 'real';", 'b1.test.js': file, 'b2.test.js': file };

  expect(runJest(files)).toMatchObject(PASSED);
});

test('a package that requires another one later gets it', () => {
  const first = "test('some', () => expect(require('lazy')).toBeInstanceOf(Function));";
  const file = "test('some', () => expect(require('lazy')()).toBe('late'));";
  const files = {
    [packageFile('lazy')]: "module.exports = () => require('late');",
    [packageFile('late')]: "module.exports = 'late';",
  };

  expect(runJest({ ...files, 'c1.test.js': first, 'c2.test.js': file })).toMatchObject(PASSED);
});

test('a package that throws is evaluated again in the next test file', () => {
  const file = "test('some', () => expect(() => require('throwing')).toThrow('not now'));";
  const files = { [packageFile('throwing')]: "throw new Error('not now');", 'd1.test.js': file, 'd2.test.js': file };

  expect(runJest(files)).toMatchObject(PASSED);
});

test('the contract is evaluated once, and an error has its line', () => {
  const path = join(ROOT, 'contract/text/terminal-text.ts');
  const before = readFileSync(path, 'utf8').split('text.replace(')[0]!;
  const file = `
    const { terminalText } = require(${JSON.stringify(path)});
    test('some', () => {
      expect(terminalText.isKept).toBe(undefined);
      terminalText.isKept = true;
      terminalText(null);
    });`;

  const { messages } = runJest({ 'e1.test.js': file, 'e2.test.js': file.replace('(undefined)', '(true)') });

  const place = expect.stringContaining(`terminal-text.ts:${before.split('\n').length}:`) as string;
  expect(messages).toEqual([place, place]);
});

test.each([
  ['jest.mock', "jest.mock('./shared', () => 1);"],
  ['jest.resetModules', 'jest.resetModules();'],
  ['jest.isolateModules', 'jest.isolateModules(() => {});'],
])('%s is refused, and the way to it is named', (call, statement) => {
  const { messages } = runJest({ 'shared.js': '', 'f1.test.js': `${statement}\ntest('some', () => {});` });

  expect(messages).toEqual([
    expect.stringContaining(
      `${call}: packages are shared by test files: add "@jest-environment node" to the file's first comment`,
    ),
  ]);
});
