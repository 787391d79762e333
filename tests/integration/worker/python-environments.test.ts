import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wheelName, wheelOf } from '../../../helpers/wheel';
import { openBench, type Bench } from './attempts';

const BUILD_MS = 60_000;
const index = mkdtempSync(join(tmpdir(), 'wheels-'));
let bench: Bench;

beforeAll(() => {
  for (const version of ['1.0.0', '2.0.0']) {
    const tiny = { name: 'tiny-thing', version, source: `__version__ = '${version}'\n` };
    writeFileSync(join(index, wheelName(tiny)), wheelOf(tiny));
  }
  bench = openBench({ pythonIndex: index });
});
afterAll(() => {
  bench[Symbol.dispose]();
  rmSync(index, { recursive: true });
});

const home = () => join(bench.directory, 'environments', '1', 'demo', 'python');
const built = () => readdirSync(home()).filter((name) => /^[0-9a-f]{32}$/.test(name));
const phases = () =>
  bench.notes
    .filter(({ type, payload }) => type === 'ENVIRONMENT_BUILD' && payload.phase !== 'progress')
    .map(({ payload }) => payload.phase);
const more = { runtime: 'python', outputFormat: 'json' } as const;
const NEED = `import json, sys, tiny_thing
print(json.dumps({'version': tiny_thing.__version__, 'root': sys.prefix}))`;
const need = (other = {}) => bench.action('need.py', NEED, { ...more, ...other });

test(
  'two attempts at once share one build, and the package comes from the environment',
  async () => {
    bench.file('requirements.txt', 'Tiny_Thing==1.0.0  # as an index takes it\n');
    const results = await Promise.all([need(), need()]);
    const place = join(home(), built()[0]!);
    expect(results.map(({ data }) => data)).toEqual([
      { version: '1.0.0', root: place },
      { version: '1.0.0', root: place },
    ]);
    expect(phases().sort()).toEqual(['ready', 'ready', 'started', 'waiting']);
    expect(bench.reports.map(({ status }) => status)).toEqual(['installing', 'ready']);
    expect(bench.reports[1]).toMatchObject({ runtime: 'python', packRef: 'demo', failing: null });
    expect(bench.reports[1]!.sizeBytes).toBeGreaterThan(1_000);
  },
  BUILD_MS,
);

test('a ready environment is used without another build', async () => {
  expect((await need()).data).toMatchObject({ version: '1.0.0' });
  expect(phases()).toHaveLength(4);
});

test(
  'an interpreter that is gone is put back',
  async () => {
    rmSync(join(home(), built()[0]!, 'bin', 'python'));
    expect((await need()).data).toMatchObject({ version: '1.0.0' });
    expect(built()).toHaveLength(1);
  },
  BUILD_MS,
);

test(
  'other requirements are another environment, and the old one is named for whoever removes it',
  async () => {
    const [old] = built();
    bench.file('requirements.txt', 'tiny-thing==2.0.0\n');
    expect((await need()).data).toMatchObject({ version: '2.0.0' });
    expect(bench.reports.at(-1)?.superseded).toEqual([join(home(), old!)]);
    expect(built()).toContain(old); // an attempt that began before may still import from it
    rmSync(join(home(), old!), { recursive: true });
  },
  BUILD_MS,
);

test(
  'what cannot be installed is named, the action sees no packages at all, and new files are tried at once',
  async () => {
    bench.reports.length = 0;
    bench.file('requirements.txt', 'tiny-thing==9.9.9\n');
    const result = await need();
    expect(result).toMatchObject({ succeeded: false, exit_code: 1 });
    expect(result.error).toContain("No module named 'tiny_thing'");
    expect(bench.reports.at(-1)).toMatchObject({ status: 'failed', failing: 'tiny-thing==9.9.9' });

    const tiny = { name: 'tiny-thing', version: '9.9.9', source: `__version__ = '9.9.9'\n` };
    writeFileSync(join(index, wheelName(tiny)), wheelOf(tiny));
    await need();
    expect(bench.reports).toHaveLength(2); // the answer stands for a while
    const again = join(bench.directory, 'packs', 'again');
    mkdirSync(join(again, 'actions'), { recursive: true });
    writeFileSync(join(again, 'requirements.txt'), 'tiny-thing==9.9.9\n');
    writeFileSync(join(again, 'actions', 'need.py'), NEED);
    expect((await need({ packDirectory: again })).data).toMatchObject({ version: '9.9.9' });
  },
  BUILD_MS,
);

test.each([
  'git+https://example.test/x.git',
  'tiny-thing @ file:///tmp/x.whl',
  '--index-url http://127.0.0.1:9/',
  '-e .',
  './local',
  '-r other.txt',
])('a requirement that is no name with a version is refused: %s', async (line) => {
  bench.file('requirements.txt', `${line}\n`);
  await need();
  expect(bench.reports.at(-1)).toMatchObject({ status: 'failed', failing: line });
  expect(bench.reports.at(-1)!.log).toContain('ENV_BUILD_FAILED');
});

test(
  'packages of the host and of other packs are not seen, and an outer setting reaches neither installer nor action',
  async () => {
    rmSync(join(bench.packDirectory, 'requirements.txt'));
    process.env.PIP_NO_SUCH_THING = '1';
    process.env.PYTHONPATH = index;
    try {
      const text =
        'import json, os, sys\nprint(json.dumps([[k for k in os.environ if k.startswith(("PIP_", "UV_"))], sys.path]))';
      const { data } = await bench.action('seen.py', text, more);
      const [variables, path] = data as [string[], string[]];
      expect(variables).toEqual([]);
      expect(path).not.toContain(index);
      const none = join(
        home(),
        readdirSync(home()).find((name) => name.startsWith('none'))!,
      );
      expect(path.filter((entry) => entry.endsWith('-packages'))).toEqual([expect.stringContaining(none)]);
    } finally {
      delete process.env.PIP_NO_SUCH_THING;
      delete process.env.PYTHONPATH;
    }
  },
  BUILD_MS,
);

test(
  'packs of two tenants never share one',
  async () => {
    bench.file('requirements.txt', 'tiny-thing==1.0.0\n');
    const [one, other] = [await need(), await need({ tenant: 2 })];
    expect(one.data).toMatchObject({ root: expect.stringContaining('/environments/1/') });
    expect(other.data).toMatchObject({ root: expect.stringContaining('/environments/2/') });
    expect(existsSync(join(bench.directory, 'environments', '2', '.pip'))).toBe(true);
  },
  BUILD_MS,
);
