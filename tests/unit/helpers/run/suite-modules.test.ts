import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dirSync } from 'tmp';
import { currentBundle, evaluate, suitePattern } from '../../../../helpers/jest/modules/suite-modules';
import { repositoryRoot } from '../../../../helpers/repository-root';

const ROOT = repositoryRoot();
const { name: directory, removeCallback } = dirSync({ prefix: 'suite-modules', unsafeCleanup: true });
afterAll(() => removeCallback());

/** Runs files with these contents in one Jest process, as scenarios run. */
function runJest(files: Readonly<Record<string, string>>) {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, `${name}.test.js`), content);
  const config = {
    rootDir: directory,
    transform: { [suitePattern()]: join(ROOT, 'helpers/jest/modules/suite-import.js') },
    testEnvironment: join(ROOT, 'helpers/jest/modules/scenario-environment.js'),
    cacheDirectory: join(directory, 'cache'),
  };
  const report = join(directory, 'report.json');
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const options = ['--config', JSON.stringify(config), '-i', '--json', '--outputFile', report];
  const { stderr } = spawnSync(process.execPath, [jest, ...options], { cwd: ROOT, encoding: 'utf8' });
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: { status: string }[] };
  return { statuses: testResults.map(({ status }) => status), stderr };
}

const importing = (id: string) => `require(${JSON.stringify(join(ROOT, id))})`;

test('a module is evaluated once for all test files of a process', () => {
  const importOnce = `test('some', () => {
    const polling = ${importing('helpers/scenario/polling')};
    polling.imports = (polling.imports ?? 0) + 1;
    process.stderr.write('imports: ' + polling.imports + '\\n');
  });`;

  const { stderr } = runJest({ first: importOnce, second: importOnce });

  expect(stderr.match(/imports: \d/g)).toEqual(['imports: 1', 'imports: 2']);
});

test('a test file does not see the globals of another one', () => {
  const setGlobal = `test('some', () => {
    expect(globalThis.left).toBeUndefined();
    globalThis.left = 1;
  });`;

  expect(runJest({ first: setGlobal, second: setGlobal }).statuses).toEqual(['passed', 'passed']);
});

test('values of the modules have the prototypes of the test file', () => {
  const compare = `test('some', () => {
    const census = ${importing('helpers/scenario/census')}.readCensus(${JSON.stringify(ROOT)});
    expect(Object.getPrototypeOf(census)).toBe(Array.prototype);
  });`;

  expect(runJest({ first: compare, second: "test('none', () => {});" }).statuses).toEqual(['passed', 'passed']);
});

test('the stack of an error has the file and the line of the source', () => {
  const failing = `test('some', () => ${importing('helpers/scenario/names')}.scenarioName('no-scenario'));`;
  const source = readFileSync(join(ROOT, 'helpers/scenario/names.ts'), 'utf8').split('\n');
  const line = source.findIndex((text) => text.includes('throw new Error(')) + 1;

  const { stderr } = runJest({ first: failing, second: "test('none', () => {});" });

  expect(stderr).toContain(`helpers/scenario/names.ts:${line}:`);
});

test('a module that is in no folder of the suite is refused with those folders', () => {
  const load = evaluate(currentBundle());

  expect(() => load('platform/base/clock')).toThrow(
    'platform/base/clock is not in the bundle of the suite: expected a file of helpers, contract, tests/e2e/support',
  );
});

test('the code that one process has compiled is used by the next one', () => {
  const bundle = join(directory, 'suite/first.cjs');
  mkdirSync(dirname(bundle));
  writeFileSync(bundle, 'exports.twice = () => (value) => 2 * value;');
  const program = `
    const { evaluate, keepCompiled } = require(${JSON.stringify(join(ROOT, 'helpers/jest/modules/suite-modules'))});
    const { createCachedData } = require('node:vm').Script.prototype;
    require('node:vm').Script.prototype.createCachedData = function () {
      process.stdout.write('kept ');
      return createCachedData.call(this);
    };
    process.stdout.write(String(evaluate(${JSON.stringify(bundle)})('twice')(21)) + ' ');
    keepCompiled(${JSON.stringify(bundle)});
  `;
  const start = () => spawnSync(process.execPath, ['-e', program], { cwd: ROOT, encoding: 'utf8' }).stdout;

  expect([start(), start()]).toEqual(['42 kept ', '42 ']);
});
