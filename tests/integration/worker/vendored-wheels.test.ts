import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wheelName, buildWheel } from '../../../helpers/fixtures/wheel';
import { buildZip } from '../../../helpers/fixtures/zip';
import { createAttemptRunner, type AttemptRunner } from './attempt-runner';
import { testDirectory } from '../../test-directory';

const OPTIONS = '--no-index\n--find-links wheels\n';
let runner: AttemptRunner;

beforeEach(() => {
  runner = createAttemptRunner();
});
afterEach(() => runner[Symbol.dispose]());

/** Writes a wheel of `tiny-thing` whose module has this text as its version. */
function writeWheel(directory: string, version: string, text = version): void {
  mkdirSync(directory, { recursive: true });
  const tiny = { name: 'tiny-thing', version, source: `__version__ = '${text}'\n` };
  writeFileSync(join(directory, wheelName(tiny)), buildWheel(tiny));
}

const wheels = () => join(runner.packDirectory, 'wheels');
const IMPORT_TINY = `import json, tiny_thing
print(json.dumps(tiny_thing.__version__))`;
const runImport = (on = runner) => on.runAction('need.py', IMPORT_TINY, { runtime: 'python', outputFormat: 'json' });
const lastReport = () => runner.reports.at(-1);

test('a pack installs the wheels that it contains, and again when they change', async () => {
  writeWheel(wheels(), '1.0.0', 'first');
  runner.writePackFile('requirements.txt', `${OPTIONS}tiny-thing==1.0.0\n`);
  expect(await runImport()).toMatchObject({ data: 'first' });

  writeWheel(wheels(), '1.0.0', 'second');
  expect(await runImport()).toMatchObject({ data: 'second' });
});

test('the index of the platform replaces the wheels of a pack', async () => {
  const index = testDirectory();
  writeWheel(index, '1.0.0', 'of the platform');
  using configured = createAttemptRunner({ pythonIndex: index });
  writeWheel(join(configured.packDirectory, 'wheels'), '1.0.0', 'of the pack');
  configured.writePackFile('requirements.txt', `${OPTIONS}tiny-thing==1.0.0\n`);

  expect((await runImport(configured)).data).toBe('of the platform');
});

test('a wheel that the pack does not contain is the failing requirement', async () => {
  writeWheel(wheels(), '1.0.0');
  runner.writePackFile('requirements.txt', `${OPTIONS}tiny-thing==9.9.9\n`);
  await runImport();
  expect(lastReport()).toMatchObject({ status: 'failed', failing: 'tiny-thing==9.9.9' });
});

test('the URL of a dependency in a wheel is not requested', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  mkdirSync(wheels());
  const wheel = wheelWithDependency(`other @ http://127.0.0.1:${port}/other-1.0.0-py3-none-any.whl`);
  writeFileSync(join(wheels(), 'tiny_thing-1.0.0-py3-none-any.whl'), wheel);
  runner.writePackFile('requirements.txt', `${OPTIONS}tiny-thing==1.0.0\n`);
  await runImport();
  await new Promise((done) => server.close(done));

  expect([runner.reports.length, connections]).toEqual([2, 0]);
});

const wheelWithDependency = (dependency: string): Buffer =>
  buildZip(
    new Map([
      ['tiny_thing/__init__.py', `__version__ = '1.0.0'\n`],
      [
        'tiny_thing-1.0.0.dist-info/METADATA',
        `Metadata-Version: 2.1\nName: tiny-thing\nVersion: 1.0.0\nRequires-Dist: ${dependency}\n`,
      ],
      ['tiny_thing-1.0.0.dist-info/WHEEL', 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n'],
      ['tiny_thing-1.0.0.dist-info/RECORD', ''],
    ]),
  );

test.each<[string, string, () => void]>([
  ['one option without the other', '--find-links wheels\n', () => writeWheel(wheels(), '1.0.0')],
  ['no source at all', '--no-index\n', () => writeWheel(wheels(), '1.0.0')],
  ['a missing directory', OPTIONS, () => undefined],
  ['a directory with a page, whose links pip would follow', OPTIONS, () => writePage()],
  ['a link to a directory outside the pack', OPTIONS, () => symlinkSync(tmpdir(), wheels())],
])('%s is rejected', async (_, options, prepare) => {
  prepare();
  runner.writePackFile('requirements.txt', `${options}tiny-thing==1.0.0\n`);
  await runImport();
  expect(lastReport()).toMatchObject({ status: 'failed', failing: null });
  expect(lastReport()!.log).toContain('--find-links and --no-index are accepted together');
});

function writePage(): void {
  writeWheel(wheels(), '1.0.0');
  writeFileSync(join(wheels(), 'index.html'), '<a href="http://127.0.0.1:9/tiny_thing-1.0.0-py3-none-any.whl">1</a>');
}
