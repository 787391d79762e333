import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wheelName, buildWheel } from '../../../helpers/fixtures/wheel';
import { createAttemptRunner, type AttemptRunner } from './attempt-runner';

const index = mkdtempSync(join(tmpdir(), 'wheels-'));
let runner: AttemptRunner;

beforeAll(() => {
  for (const version of ['1.0.0', '2.0.0']) {
    const tiny = { name: 'tiny-thing', version, source: `__version__ = '${version}'\n` };
    writeFileSync(join(index, wheelName(tiny)), buildWheel(tiny));
  }
  runner = createAttemptRunner({ pythonIndex: index });
});
afterAll(() => {
  runner[Symbol.dispose]();
  rmSync(index, { recursive: true });
});

const environmentsHome = () => join(runner.directory, 'environments', '1', 'demo', 'python');
const builtDirectories = () => readdirSync(environmentsHome()).filter((name) => /^[0-9a-f]{32}$/.test(name));
const phases = () =>
  runner.logEntries
    .filter(({ type, payload }) => type === 'ENVIRONMENT_BUILD' && payload.phase !== 'progress')
    .map(({ payload }) => payload.phase);
const overrides = { runtime: 'python', outputFormat: 'json' } as const;
const IMPORT_TINY = `import json, sys, tiny_thing
print(json.dumps({'version': tiny_thing.__version__, 'root': sys.prefix}))`;
const runImport = (extra = {}) => runner.runAction('need.py', IMPORT_TINY, { ...overrides, ...extra });

test('two concurrent attempts share one build and import from it', async () => {
  runner.writePackFile('requirements.txt', 'Tiny_Thing==1.0.0  # normalized like in an index\n');
  const results = await Promise.all([runImport(), runImport()]);
  const builtDirectory = join(environmentsHome(), builtDirectories()[0]!);
  expect(results.map(({ data }) => data)).toEqual([
    { version: '1.0.0', root: builtDirectory },
    { version: '1.0.0', root: builtDirectory },
  ]);
  expect(phases().sort()).toEqual(['ready', 'ready', 'started', 'waiting']);
  expect(runner.reports.map(({ status }) => status)).toEqual(['installing', 'ready']);
  expect(runner.reports[1]).toMatchObject({ runtime: 'python', packRef: 'demo', failing: null });
  expect(runner.reports[1]!.sizeBytes).toBeGreaterThan(1_000);
});

test('a ready environment is not built again', async () => {
  expect((await runImport()).data).toMatchObject({ version: '1.0.0' });
  expect(phases()).toHaveLength(4);
});

test('an environment without interpreter is built again', async () => {
  rmSync(join(environmentsHome(), builtDirectories()[0]!, 'bin', 'python'));
  expect((await runImport()).data).toMatchObject({ version: '1.0.0' });
  expect(builtDirectories()).toHaveLength(1);
});

test('changed requirements build a new environment and supersede the old one', async () => {
  const [old] = builtDirectories();
  runner.writePackFile('requirements.txt', 'tiny-thing==2.0.0\n');
  expect((await runImport()).data).toMatchObject({ version: '2.0.0' });
  expect(runner.reports.at(-1)?.superseded).toEqual([join(environmentsHome(), old!)]);
  expect(builtDirectories()).toContain(old); // a running attempt may still import from it
  rmSync(join(environmentsHome(), old!), { recursive: true });
});

test('a failed build names the requirement and is repeated for new pack files', async () => {
  runner.reports.length = 0;
  runner.writePackFile('requirements.txt', 'tiny-thing==9.9.9\n');
  const result = await runImport();
  expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
  expect(result.error).toContain("No module named 'tiny_thing'");
  expect(runner.reports.at(-1)).toMatchObject({ status: 'failed', failing: 'tiny-thing==9.9.9' });

  const tiny = { name: 'tiny-thing', version: '9.9.9', source: `__version__ = '9.9.9'\n` };
  writeFileSync(join(index, wheelName(tiny)), buildWheel(tiny));
  await runImport();
  expect(runner.reports).toHaveLength(2); // the failed result is reused
  const again = join(runner.directory, 'packs', 'again');
  mkdirSync(join(again, 'actions'), { recursive: true });
  writeFileSync(join(again, 'requirements.txt'), 'tiny-thing==9.9.9\n');
  writeFileSync(join(again, 'actions', 'need.py'), IMPORT_TINY);
  expect((await runImport({ packDirectory: again })).data).toMatchObject({ version: '9.9.9' });
});

test.each([
  'git+https://example.test/x.git',
  'tiny-thing @ file:///tmp/x.whl',
  '--index-url http://127.0.0.1:9/',
  '-e .',
  './local',
  '-r other.txt',
])('a requirement other than a name with a version is rejected: %s', async (line) => {
  runner.writePackFile('requirements.txt', `${line}\n`);
  await runImport();
  expect(runner.reports.at(-1)).toMatchObject({ status: 'failed', failing: line });
  expect(runner.reports.at(-1)!.log).toContain('ENV_BUILD_FAILED');
});

test('a file as Windows and pip-compile write it is installed', async () => {
  const [file] = readdirSync(index).filter((name) => name.includes('2.0.0'));
  const hash = createHash('sha256')
    .update(readFileSync(join(index, file!)))
    .digest('hex');
  const other = createHash('sha256').update('of the sdist').digest('hex');
  const lines = [
    `tiny-thing==2.0.0 \\`,
    `    --hash=sha256:${hash} \\`,
    `    --hash=sha256:${other}`,
    '    # via demo',
    '',
  ];
  const bytes = Buffer.from(`\uFEFF${lines.join('\r\n')}`, 'utf16le');
  writeFileSync(join(runner.packDirectory, 'requirements.txt'), bytes);

  expect((await runImport()).data).toMatchObject({ version: '2.0.0' });
});

test('a file that is no text fails, and says what to save', async () => {
  writeFileSync(join(runner.packDirectory, 'requirements.txt'), Buffer.from('tiny-thing==2.0.0\n', 'utf16le'));

  await runImport();

  const log = 'ENV_BUILD_FAILED: requirements.txt: line 1 has a NUL character: save it as UTF-8';
  expect(runner.reports.at(-1)).toMatchObject({ status: 'failed', log, failing: null });
});

test('host packages and outer pip settings do not reach an action', async () => {
  rmSync(join(runner.packDirectory, 'requirements.txt'));
  process.env.PIP_NO_SUCH_THING = '1';
  process.env.PYTHONPATH = index;
  try {
    const text =
      'import json, os, sys\nprint(json.dumps([[k for k in os.environ if k.startswith(("PIP_", "UV_"))], sys.path]))';
    const { data } = await runner.runAction('seen.py', text, overrides);
    const [variables, path] = data as [string[], string[]];
    expect(variables).toEqual([]);
    expect(path).not.toContain(index);
    const emptyEnvironment = join(
      environmentsHome(),
      readdirSync(environmentsHome()).find((name) => name.startsWith('none'))!,
    );
    expect(path.filter((entry) => entry.endsWith('-packages'))).toEqual([expect.stringContaining(emptyEnvironment)]);
  } finally {
    delete process.env.PIP_NO_SUCH_THING;
    delete process.env.PYTHONPATH;
  }
});

test('packs of two tenants have separate environments', async () => {
  runner.writePackFile('requirements.txt', 'tiny-thing==1.0.0\n');
  const [one, other] = [await runImport(), await runImport({ tenant: 2 })];
  expect(one.data).toMatchObject({ root: expect.stringContaining('/environments/1/') });
  expect(other.data).toMatchObject({ root: expect.stringContaining('/environments/2/') });
  expect(existsSync(join(runner.directory, 'environments', '2', '.pip'))).toBe(true);
});
