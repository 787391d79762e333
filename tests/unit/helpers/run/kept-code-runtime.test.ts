import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { repositoryRoot } from '../../../../helpers/repository-root';

const ROOT = repositoryRoot();
const { name: directory, removeCallback } = dirSync({ prefix: 'kept-code', unsafeCleanup: true });
afterAll(() => removeCallback());

/** Its global `parsed` has the id and path of each script that V8 has parsed in the process. */
const ENVIRONMENT = `
  const { Session } = require('node:inspector');
  const { TestEnvironment } = require(${JSON.stringify(join(ROOT, 'node_modules/jest-environment-node'))});
  const session = new Session();
  const parsed = new Set();
  session.on('Debugger.scriptParsed', ({ params: { scriptId, url } }) => parsed.add(scriptId + ' ' + url));
  session.connect();
  session.post('Debugger.enable');
  module.exports = class extends TestEnvironment {
    async setup() {
      this.global.parsed = parsed;
    }
  };`;

interface Report {
  readonly testResults: readonly { readonly status: string; readonly message: string }[];
}

/** Runs files with these contents in one Jest process. */
function runJest(files: Readonly<Record<string, string>>, { nodeOptions = '', transform = {} } = {}) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  writeFileSync(join(directory, 'environment.js'), ENVIRONMENT);
  const report = join(directory, 'report.json');
  const config = {
    rootDir: directory,
    transform,
    runtime: join(ROOT, 'helpers/jest/modules/kept-code-runtime.js'),
    testEnvironment: join(directory, 'environment.js'),
    cacheDirectory: join(directory, 'cache'),
  };
  const options = ['--config', JSON.stringify(config), '-i', '--json', '--outputFile', report];
  const selected = Object.keys(files).filter((name) => name.endsWith('.test.js'));
  spawnSync(process.execPath, [join(ROOT, 'node_modules/jest/bin/jest.js'), ...options, ...selected], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
  });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return { statuses: testResults.map(({ status }) => status), messages: testResults.map(({ message }) => message) };
}

const PASSED = { statuses: ['passed', 'passed'] };

test('a module is compiled once for all test files of a process', () => {
  const file = `test('some', () => {
    const path = require.resolve('./compiled');
    require(path);
    expect([...parsed].filter((each) => each.endsWith(path))).toHaveLength(1);
  });`;

  expect(runJest({ 'compiled.js': '', 'c1.test.js': file, 'c2.test.js': file })).toMatchObject(PASSED);
});

test('each test file evaluates its modules in its own context', () => {
  const file = `test('some', () => {
    const list = require('./evaluated');
    expect([list.length, Object.getPrototypeOf(list) === Array.prototype]).toEqual([0, true]);
    list.push(1);
    expect(require('./evaluated')).toEqual([1]);
    jest.isolateModules(() => expect(require('./evaluated')).toEqual([]));
  });`;

  expect(runJest({ 'evaluated.js': 'module.exports = [];', 'e1.test.js': file, 'e2.test.js': file })).toMatchObject(
    PASSED,
  );
});

test('a module that changes between two test files is loaded as it is', () => {
  const file = `test('some', () => {
    const { readFileSync, writeFileSync } = require('node:fs');
    const path = require.resolve('./changed');
    const text = readFileSync(path, 'utf8');
    expect('module.exports = ' + require(path)).toBe(text);
    writeFileSync(path, text + '0');
  });`;

  expect(runJest({ 'changed.js': 'module.exports = 1', 'v1.test.js': file, 'v2.test.js': file })).toMatchObject(PASSED);
});

test('a module that one test file mocks is the real one in another', () => {
  const real = "test('some', () => expect(require('./mocked').name()).toBe('real'));";
  const mocking = `
    jest.mock('./mocked', () => ({ name: () => 'mock' }));
    test('mock', () => expect(require('./mocked').name()).toBe('mock'));
    test('real', () => expect(jest.requireActual('./mocked').name()).toBe('real'));`;
  const spying = `test('spy', () => {
    jest.spyOn(require('./mocked'), 'name').mockReturnValue('spy');
    expect(require('./mocked').name()).toBe('spy');
  });`;

  expect(
    runJest({
      'mocked.js': "exports.name = () => 'real';",
      'm1.test.js': real,
      'm2.test.js': mocking,
      'm3.test.js': spying,
      'm4.test.js': real,
    }).statuses,
  ).toEqual(['passed', 'passed', 'passed', 'passed']);
});

test('a module knows its own path and what imports it', () => {
  const file = `test('some', () => {
    const { paths } = require('./paths');
    expect(paths).toEqual([${JSON.stringify(join(directory, 'paths.js'))}, __dirname, require.resolve('./paths'), true]);
  });`;
  const module = `exports.paths = [__filename, __dirname, require.resolve('./paths'), require.main === module.parent];`;

  expect(runJest({ 'paths.js': module, 'p1.test.js': file, 'p2.test.js': file })).toMatchObject(PASSED);
});

test('the stack of an error has the line and the column of the source', () => {
  const file = "test('some', () => require('./throws')());";
  const throws = "module.exports = () => { throw new Error('first line'); };";

  const { messages } = runJest({ 'throws.js': throws, 't1.test.js': file, 't2.test.js': file });

  expect(messages).toEqual([expect.stringContaining('throws.js:1:32'), expect.stringContaining('throws.js:1:32')]);
});

const TYPESCRIPT = { '\\.ts$': join(ROOT, 'helpers/jest/modules/typescript-import.js') };

test('the stack of an error has the line of the TypeScript source', () => {
  const file = "test('some', () => require('./typed').fail());";
  const typed =
    'interface Gone {\n  a: 1;\n}\nexport const fail = (gone?: Gone): never => {\n  throw new Error(`${gone}`);\n};';

  const { messages } = runJest(
    { 'typed.ts': typed, 's1.test.js': file, 's2.test.js': file },
    { transform: TYPESCRIPT },
  );

  expect(messages).toEqual([expect.stringContaining('typed.ts:5:9'), expect.stringContaining('typed.ts:5:9')]);
});

test('TypeScript with a mock that its imports would precede is rejected', () => {
  const file = "test('some', () => require('./mocking'));";

  const { messages } = runJest(
    { 'mocking.ts': "import './typed';\njest.mock('./typed');", 'n1.test.js': file },
    { transform: TYPESCRIPT },
  );

  expect(messages).toEqual([
    expect.stringContaining(
      `${join(directory, 'mocking.ts')}: jest.mock is moved before the imports in a test file only: put it there`,
    ),
  ]);
});

test('a module that cannot be compiled is named with the line', () => {
  const file = "test('some', () => require('./wrong'));";

  const { messages } = runJest({ 'wrong.js': '\nconst = 1;', 'w1.test.js': file, 'w2.test.js': file });

  expect(messages).toEqual([expect.stringContaining('wrong.js:2'), expect.stringContaining('wrong.js:2')]);
});

test('a module imports others for its own test file, where that works', () => {
  const file = "test('some', async () => expect((await require('./imports')()).sep).toBe('/'));";
  const files = {
    'imports.js': "module.exports = () => import('node:path');",
    'i1.test.js': file,
    'i2.test.js': file,
  };

  expect(runJest(files, { nodeOptions: '--experimental-vm-modules' })).toMatchObject(PASSED);
});
