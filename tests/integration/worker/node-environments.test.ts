import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createAttemptRunner, type AttemptRunner } from './attempt-runner';
import { startTinyRegistry, type TinyRegistry } from './tiny-registry';

let registry: TinyRegistry;
let runner: AttemptRunner;
beforeAll(async () => {
  registry = await startTinyRegistry(['1.0.0', '2.0.0']);
  runner = createAttemptRunner({ npmRegistry: registry.url });
});
afterAll(async () => {
  runner[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

const environmentsHome = () => join(runner.directory, 'environments', '1', 'demo', 'nodejs');
/** Without progress entries: their number depends on the host's speed. */
const phases = () =>
  runner.logEntries
    .filter(({ type, payload }) => type === 'ENVIRONMENT_BUILD' && payload.phase !== 'progress')
    .map(({ payload }) => payload.phase);
const manifestOf = (version: string) => JSON.stringify({ name: 'demo', dependencies: { tiny: version } });

const overrides = { runtime: 'nodejs', outputFormat: 'json' } as const;
const REQUIRE_TINY = `const tiny = require('tiny'); console.log(JSON.stringify(tiny));`;
const IMPORT_TINY = `import tiny from 'tiny'; console.log(JSON.stringify(tiny));`;

test('two concurrent attempts share one build and import from it', async () => {
  runner.writePackFile('package.json', manifestOf('1.0.0'));
  const results = await Promise.all([
    runner.runAction('need.js', REQUIRE_TINY, overrides),
    runner.runAction('esm.mjs', IMPORT_TINY, overrides),
  ]);
  for (const { data } of results) {
    expect(data).toEqual({ version: '1.0.0', place: expect.stringContaining(environmentsHome()) });
  }
  expect(phases().sort()).toEqual(['ready', 'ready', 'started', 'waiting']); // one builds, the other waits
});

test('package scripts do not run, and npm caches in the platform directory', () => {
  const [hash] = readdirSync(environmentsHome()).filter((name) => name.length === 32);
  expect(existsSync(join(environmentsHome(), hash!, 'installed-by-script'))).toBe(false);
  expect(existsSync(join(runner.directory, 'environments', '1', '.npm', '_cacache'))).toBe(true);
});

test('a ready environment is not built again', async () => {
  const requestCount = registry.requestedPaths.length;
  expect((await runner.runAction('need.js', REQUIRE_TINY, overrides)).data).toMatchObject({ version: '1.0.0' });
  expect([phases().length, registry.requestedPaths.length]).toEqual([4, requestCount]);
});

test('changed manifests build a new environment and supersede the old one', async () => {
  const [old] = readdirSync(environmentsHome()).filter((name) => name.length === 32);
  runner.writePackFile('package.json', manifestOf('2.0.0'));
  expect((await runner.runAction('need.js', REQUIRE_TINY, overrides)).data).toMatchObject({ version: '2.0.0' });
  expect(runner.reports.at(-1)?.superseded).toEqual([join(environmentsHome(), old!)]);
  expect(readdirSync(environmentsHome())).toContain(old); // a running attempt may still import from it
  rmSync(join(environmentsHome(), old!), { recursive: true });
});

test('the lock of a dead process does not block a build', async () => {
  const ready = join(environmentsHome(), readdirSync(environmentsHome())[0]!);
  rmSync(ready, { recursive: true });
  const deadPid = execFileSync('sh', ['-c', 'echo $$']).toString().trim();
  writeFileSync(`${ready}.lock`, `${deadPid} ${hostname()} ${readlinkSync('/proc/self/ns/pid')}`);
  expect((await runner.runAction('need.js', REQUIRE_TINY, overrides)).data).toMatchObject({ version: '2.0.0' });
  expect(existsSync(`${ready}.lock`)).toBe(false);
});

test('a failed installation fails the action and is logged', async () => {
  runner.logEntries.length = 0;
  runner.writePackFile('package.json', manifestOf('9.9.9'));
  const result = await runner.runAction('need.js', REQUIRE_TINY, overrides);
  expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
  expect(phases()).toEqual(['started', 'failed']);
  expect(runner.logEntries.at(-1)?.payload.log).toContain('tiny@9.9.9');
  await runner.runAction('need.js', REQUIRE_TINY, overrides);
  expect(phases()).toEqual(['started', 'failed', 'failed']);
});

test('a package of the outer project is not found', async () => {
  runner.writePackFile('package.json', manifestOf('2.0.0'));
  const text = `try { require('lodash'); console.log('found'); } catch (error) { console.log(error.code); }`;
  expect(await runner.runAction('other.js', text, { runtime: 'nodejs' })).toMatchObject({
    stdout: 'MODULE_NOT_FOUND\n',
  });
});

test('an invalid manifest fails the build, not the worker', async () => {
  runner.logEntries.length = 0;
  runner.writePackFile('package.json', '{');
  await runner.runAction('need.js', REQUIRE_TINY, overrides);
  expect(phases()).toEqual(['started', 'failed']);
});

test('no registry is asked for packages for development, and peers of a path', async () => {
  const requestCount = registry.requestedPaths.length;
  runner.writePackFile(
    'package.json',
    `\uFEFF${JSON.stringify({
      dependencies: { tiny: '1.0.0' },
      devDependencies: { 'absent-tool': '1.0.0', '@corp/eslint-config': 'file:../eslint-config' },
      peerDependencies: { react: 'workspace:*' },
    })}`,
  );

  const { data } = await runner.runAction('need.js', REQUIRE_TINY, overrides);

  expect(data).toMatchObject({ version: '1.0.0' });
  expect(registry.requestedPaths.slice(requestCount).filter((path) => !path.startsWith('/tiny'))).toEqual([]);
  expect(runner.reports.at(-1)!.log).toContain('the peer "react@workspace:*" is left out: no registry has it\n');
});

test('a lock of another tool is not read, and the log of the build says so', async () => {
  runner.writePackFile('package.json', JSON.stringify({ dependencies: { tiny: '^1.0.0' }, version: '0.0.7' }));
  const locks = ['npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];
  for (const lock of locks) runner.writePackFile(lock, 'tiny@9.9.9\n');

  const { data } = await runner.runAction('need.js', REQUIRE_TINY, overrides);
  for (const lock of locks) rmSync(join(runner.packDirectory, lock));

  expect(data).toMatchObject({ version: '1.0.0' });
  const notes = locks.map(
    (name) => `${name} is not read: npm install --package-lock-only writes package-lock.json, which is\n`,
  );
  expect(runner.reports.at(-1)!.log.startsWith(notes.join(''))).toBe(true);
});

test('no name of a workspace is asked of a registry', async () => {
  const requestCount = registry.requestedPaths.length;
  const dependencies = { tiny: '1.0.0', 'util-of-ours': '*' };
  runner.writePackFile('package.json', JSON.stringify({ workspaces: ['packages/*'], dependencies }));

  await runner.runAction('need.js', REQUIRE_TINY, overrides);

  expect(runner.reports.at(-1)).toMatchObject({ status: 'failed', failing: 'workspaces' });
  expect(runner.reports.at(-1)!.log).toContain('package.json: "workspaces" is rejected: a pack is one package');
  expect(registry.requestedPaths).toHaveLength(requestCount);
});

test('a lock file is used without its packages for development', async () => {
  const requestCount = registry.requestedPaths.length;
  const integrity = `sha512-${createHash('sha512').update(registry.archive('2.0.0')).digest('base64')}`;
  const [dependencies, devDependencies] = [{ tiny: '^2.0.0' }, { tool: 'file:../tool', absent: '1.0.0' }];
  const packages = {
    '': { dependencies, devDependencies },
    'node_modules/tiny': { version: '2.0.0', resolved: `${registry.url}tiny/-/tiny-2.0.0.tgz`, integrity },
    'node_modules/absent': { version: '1.0.0', resolved: `${registry.url}absent/-/absent-1.0.0.tgz`, dev: true },
    'node_modules/tool': { resolved: '../tool', link: true, dev: true },
  };
  runner.writePackFile('package.json', JSON.stringify({ dependencies, devDependencies }));
  runner.writePackFile('package-lock.json', JSON.stringify({ lockfileVersion: 3, requires: true, packages }));

  const { data } = await runner.runAction('need.js', REQUIRE_TINY, overrides);

  expect(data).toMatchObject({ version: '2.0.0' });
  expect(registry.requestedPaths.slice(requestCount).filter((path) => !path.startsWith('/tiny'))).toEqual([]);
});
