import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { repositoryRoot } from '../../../../helpers/repository-root';

const ROOT = repositoryRoot();
const { name: directory, removeCallback } = dirSync({ prefix: 'global-teardown', unsafeCleanup: true });
afterAll(() => removeCallback());

/** Runs Jest on these tests and a target that cannot be released. */
function runJest(tests: string) {
  const config = {
    rootDir: directory,
    transform: { '\\.ts$': join(ROOT, 'helpers/jest/modules/typescript-import.js') },
    globalSetup: join(__dirname, 'unreleased-target.ts'),
    globalTeardown: join(ROOT, 'helpers/jest/global-teardown.ts'),
    cacheDirectory: join(directory, 'cache'),
  };
  writeFileSync(join(directory, 'some.test.js'), tests);
  const report = join(directory, 'report.json');
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const options = ['--config', JSON.stringify(config), '--json', '--outputFile', report];
  const { status, stderr } = spawnSync(process.execPath, [jest, ...options], { cwd: ROOT, encoding: 'utf8' });
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  return { status, stderr, passed, failed };
}

test.each([
  ['passed', "test('first', () => {}); test('second', () => {});", { passed: 2, failed: 0 }],
  ['failed', "test('first', () => {}); test('second', () => { throw 1; });", { passed: 1, failed: 1 }],
])('a target that refuses its release keeps the report: a test %s', (_, tests, counts) => {
  const run = runJest(tests);

  expect(run).toMatchObject({ status: 3, ...counts });
  expect(run.stderr).toContain('\ntuningfork: FORBIDDEN: DELETE /packs/e2e returned 403: packs.delete is missing\n');
});
