import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAttemptRunner, type AttemptRunner } from './attempt-runner';
import { startTinyRegistry, type TinyRegistry } from './tiny-registry';

const ARCHIVE = 'packages/tiny-1.0.0.tgz';
let registry: TinyRegistry;
let runner: AttemptRunner;

beforeAll(async () => {
  registry = await startTinyRegistry(['1.0.0']);
});
afterAll(() => registry[Symbol.asyncDispose]());
afterEach(() => runner[Symbol.dispose]());

/** Writes a pack that requires `tiny`, with its archive and this lock entry. */
function writePack(entry: object): void {
  runner.writePackFile('package.json', JSON.stringify({ name: 'demo', dependencies: { tiny: '1.0.0' } }));
  mkdirSync(join(runner.packDirectory, 'packages'), { recursive: true });
  writeFileSync(join(runner.packDirectory, ARCHIVE), registry.archive('1.0.0'));
  const root = { name: 'demo', dependencies: { tiny: '1.0.0' } };
  const packages = { '': root, 'node_modules/tiny': { version: '1.0.0', ...entry } };
  runner.writePackFile('package-lock.json', JSON.stringify({ name: 'demo', lockfileVersion: 3, packages }));
}

const integrity = () => `sha512-${createHash('sha512').update(registry.archive('1.0.0')).digest('base64')}`;
const REQUIRE_TINY = `console.log(JSON.stringify(require('tiny').version));`;
const runRequire = () => runner.runAction('need.js', REQUIRE_TINY, { runtime: 'nodejs', outputFormat: 'json' });

test('a pack installs the archives that it contains, without a registry', async () => {
  runner = createAttemptRunner();
  writePack({ resolved: `file:${ARCHIVE}`, integrity: integrity() });

  expect((await runRequire()).data).toBe('1.0.0');
  expect(registry.requestedPaths).toEqual([]);
});

test.each([
  ['an archive of the pack', () => ({ resolved: `file:${ARCHIVE}`, integrity: integrity() })],
  ['the address of another registry', () => ({ resolved: 'http://127.0.0.1:9/tiny/-/tiny-1.0.0.tgz' })],
])('the registry of the platform replaces %s', async (_, entry) => {
  registry.requestedPaths.length = 0;
  runner = createAttemptRunner({ npmRegistry: registry.url });
  writePack(entry());

  expect((await runRequire()).data).toBe('1.0.0');
  expect(registry.requestedPaths).toContain('/tiny/-/tiny-1.0.0.tgz');
});

test.each<[string, object]>([
  ['an archive without integrity', { resolved: `file:${ARCHIVE}` }],
  ['a path outside the pack', { resolved: 'file:../../outside.tgz', integrity: 'sha512-aa' }],
  ['an absolute path', { resolved: 'file:/etc/outside.tgz', integrity: 'sha512-aa' }],
  ['a missing archive', { resolved: 'file:packages/none.tgz', integrity: 'sha512-aa' }],
  ['a directory of the pack', { resolved: 'file:packages', integrity: 'sha512-aa' }],
  ['a repository', { resolved: 'git+ssh://git@127.0.0.1:9/x.git' }],
  ['a repository as version', { version: 'git+file:///etc' }],
  ['a link', { resolved: '../..', link: true }],
])('%s in a lock file is rejected', async (_, entry) => {
  runner = createAttemptRunner({ npmRegistry: registry.url });
  writePack(entry);
  await runRequire();

  const report = runner.reports.at(-1)!;
  expect(report).toMatchObject({ status: 'failed', failing: expect.stringContaining('tiny') });
  expect(report.log).toContain('ENV_BUILD_FAILED: package-lock.json');
});

test('a lock file that is not JSON is rejected', async () => {
  runner = createAttemptRunner({ npmRegistry: registry.url });
  writePack({});
  runner.writePackFile('package-lock.json', '<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n');
  await runRequire();

  expect(runner.reports.at(-1)).toMatchObject({ status: 'failed', failing: 'what is not JSON' });
});
