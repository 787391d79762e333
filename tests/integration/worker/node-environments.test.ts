import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openBench, type Bench } from './attempts';
import { openRegistry, type Registry } from './registry';

const BUILD_MS = 60_000;

let registry: Registry;
let bench: Bench;
beforeAll(async () => {
  registry = await openRegistry(['1.0.0', '2.0.0']);
  bench = openBench({ npmRegistry: registry.url });
});
afterAll(async () => {
  bench[Symbol.dispose]();
  await registry[Symbol.asyncDispose]();
});

const home = () => join(bench.directory, 'environments', '1', 'demo', 'nodejs');
/** What a slow installer says meanwhile is left out: how often depends on the machine. */
const phases = () =>
  bench.notes
    .filter(({ type, payload }) => type === 'ENVIRONMENT_BUILD' && payload.phase !== 'progress')
    .map(({ payload }) => payload.phase);
const pins = (version: string) => JSON.stringify({ name: 'demo', dependencies: { tiny: version } });

const more = { runtime: 'nodejs', outputFormat: 'json' } as const;
const NEED = `const tiny = require('tiny'); console.log(JSON.stringify(tiny));`;
const NEED_ESM = `import tiny from 'tiny'; console.log(JSON.stringify(tiny));`;

test(
  'two attempts at once share one build, and the module comes from the environment',
  async () => {
    bench.file('package.json', pins('1.0.0'));
    const results = await Promise.all([bench.action('need.js', NEED, more), bench.action('esm.mjs', NEED_ESM, more)]);
    for (const { data } of results) {
      expect(data).toEqual({ version: '1.0.0', place: expect.stringContaining(home()) });
    }
    expect(phases().sort()).toEqual(['ready', 'ready', 'started', 'waiting']); // the one that builds, and the one that waits
  },
  BUILD_MS,
);

test('no script of a package runs, and npm leaves its cache in the directory of the platform', () => {
  const [hash] = readdirSync(home()).filter((name) => name.length === 32);
  expect(existsSync(join(home(), hash!, 'installed-by-script'))).toBe(false);
  expect(existsSync(join(bench.directory, 'environments', '1', '.npm', '_cacache'))).toBe(true);
});

test('a ready environment is used without another build', async () => {
  const asked = registry.asked.length;
  expect((await bench.action('need.js', NEED, more)).data).toMatchObject({ version: '1.0.0' });
  expect([phases().length, registry.asked.length]).toEqual([4, asked]);
});

test(
  'another content is another environment, and the old one is named for whoever removes it',
  async () => {
    const [old] = readdirSync(home()).filter((name) => name.length === 32);
    bench.file('package.json', pins('2.0.0'));
    expect((await bench.action('need.js', NEED, more)).data).toMatchObject({ version: '2.0.0' });
    expect(bench.reports.at(-1)?.superseded).toEqual([join(home(), old!)]);
    expect(readdirSync(home())).toContain(old); // an attempt that began before may still import from it
    rmSync(join(home(), old!), { recursive: true });
  },
  BUILD_MS,
);

test(
  'a lock that a dead builder left stops nobody',
  async () => {
    const ready = join(home(), readdirSync(home())[0]!);
    rmSync(ready, { recursive: true });
    const deadPid = execFileSync('sh', ['-c', 'echo $$']).toString().trim();
    writeFileSync(`${ready}.lock`, `${deadPid} ${hostname()} ${readlinkSync('/proc/self/ns/pid')}`);
    expect((await bench.action('need.js', NEED, more)).data).toMatchObject({ version: '2.0.0' });
    expect(existsSync(`${ready}.lock`)).toBe(false);
  },
  BUILD_MS,
);

test(
  'what cannot be installed fails by itself, and the log says why',
  async () => {
    bench.notes.length = 0;
    bench.file('package.json', pins('9.9.9'));
    const result = await bench.action('need.js', NEED, more);
    expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
    expect(phases()).toEqual(['started', 'failed']);
    expect(bench.notes.at(-1)?.payload.log).toContain('tiny@9.9.9');
    await bench.action('need.js', NEED, more);
    expect(phases()).toEqual(['started', 'failed', 'failed']);
  },
  BUILD_MS,
);

test(
  'a package that the pack does not name is not found, though this project has it',
  async () => {
    bench.file('package.json', pins('2.0.0'));
    const text = `try { require('lodash'); console.log('found'); } catch (error) { console.log(error.code); }`;
    expect(await bench.action('other.js', text, { runtime: 'nodejs' })).toMatchObject({ stdout: 'MODULE_NOT_FOUND\n' });
  },
  BUILD_MS,
);

test(
  'a manifest that is no JSON fails the build, not the worker',
  async () => {
    bench.notes.length = 0;
    bench.file('package.json', '{');
    await bench.action('need.js', NEED, more);
    expect(phases()).toEqual(['started', 'failed']);
  },
  BUILD_MS,
);
