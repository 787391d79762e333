import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManifestError, type ManifestProblem } from '../../../tools/sandbox/manifest/manifest-problem';
import { readManifest } from '../../../tools/sandbox/manifest/read-manifest';
import { webRepository } from './sandbox-cli';

jest.setTimeout(120_000);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tuningfork-manifest-'));
  await mkdir(join(root, 'e2e'));
  await writeFile(join(root, 'e2e/compose.yml'), 'services: {}\n');
});
afterEach(() => rm(root, { recursive: true }));

const SMALLEST = ['name: greeter', 'compose_file: e2e/compose.yml', 'test_command: npm test'];
const lines = (...text: string[]): string => `${text.join('\n')}\n`;

const writeManifest = (text: string): Promise<void> => writeFile(join(root, 'e2e/e2e.yml'), text);

/** The smallest manifest with some of its lines replaced, and more lines after them. */
const changed = (replaced: Readonly<Record<number, string>>, ...more: string[]): string =>
  lines(...SMALLEST.map((line, n) => replaced[n] ?? line), ...more);

async function problemsOf(text: string): Promise<readonly ManifestProblem[]> {
  await writeManifest(text);
  const error: unknown = await readManifest(root).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ManifestError);
  return (error as ManifestError).problems;
}

test('S2-01 the smallest manifest gets every default', async () => {
  await writeManifest(changed({}, 'health_checks: [{ name: api, url: "http://127.0.0.1/" }]'));

  expect(await readManifest(root)).toStrictEqual({
    name: 'greeter',
    compose_file: 'e2e/compose.yml',
    test_command: 'npm test',
    health_checks: [{ name: 'api', url: 'http://127.0.0.1/', timeout: 120 }],
    timeout: 300,
    cleanup: 'always',
    closes: [],
    disk_limit: 10_240,
  });
  await writeManifest(changed({}));
  expect((await readManifest(root)).health_checks).toEqual([]);
});

const check = (more: string): string[] => ['health_checks:', '  - name: api', ...more.split('\n')];
const URL_LINE = '    url: http://127.0.0.1/';

test.each<[string, string, Partial<ManifestProblem>]>([
  ['bad YAML', lines('name: [a'), { code: 'MANIFEST_YAML', path: '', line: 2, column: 1 }],
  ['two equal keys', changed({}, 'name: b'), { code: 'MANIFEST_YAML', path: '', line: 4, column: 1 }],
  ['a list', lines('- a'), { code: 'MANIFEST_NOT_MAPPING', path: '', line: 1, column: 1 }],
  ['an unknown key', changed({}, 'retries: 1'), { code: 'MANIFEST_UNKNOWN_KEY', path: '/retries', line: 4, column: 1 }],
  [
    'an unknown key of a check',
    changed({}, ...check(`${URL_LINE}\n    port: 1`)),
    { code: 'MANIFEST_UNKNOWN_KEY', path: '/health_checks/0/port', line: 7, column: 5 },
  ],
  ['no name', lines(...SMALLEST.slice(1)), { code: 'MANIFEST_NAME', path: '/name', line: 1, column: 1 }],
  ['a name that is no slug', changed({ 0: 'name: Greeter!' }), { code: 'MANIFEST_NAME', line: 1, column: 7 }],
  ['a name of 41 characters', changed({ 0: `name: ${'a'.repeat(41)}` }), { code: 'MANIFEST_NAME', path: '/name' }],
  ['no compose file', lines(SMALLEST[0]!, SMALLEST[2]!), { code: 'MANIFEST_COMPOSE_FILE', line: 1, column: 1 }],
  [
    'an absolute compose file',
    changed({ 1: 'compose_file: /e2e/compose.yml' }),
    { code: 'MANIFEST_COMPOSE_FILE', line: 2, column: 15, got: '"/e2e/compose.yml"' },
  ],
  [
    'a compose file outside the root',
    changed({ 1: 'compose_file: ../compose.yml' }),
    { code: 'MANIFEST_COMPOSE_FILE', expected: 'a path below the root of the repository' },
  ],
  [
    'a compose file that does not exist',
    changed({ 1: 'compose_file: e2e/none.yml' }),
    { code: 'MANIFEST_COMPOSE_FILE', path: '/compose_file', expected: 'a file that exists' },
  ],
  ['checks that are no list', changed({}, 'health_checks: 1'), { code: 'MANIFEST_HEALTH_CHECKS', line: 4, column: 16 }],
  [
    'a check without a name',
    changed({}, 'health_checks:', '  - url: http://127.0.0.1/'),
    { code: 'MANIFEST_CHECK_NAME', path: '/health_checks/0/name', line: 5, column: 5 },
  ],
  [
    'two checks of one name',
    changed({}, ...check(URL_LINE), '  - name: api', URL_LINE),
    { code: 'MANIFEST_CHECK_NAME', path: '/health_checks/1/name', line: 7, column: 11 },
  ],
  [
    'a URL of another scheme',
    changed({}, ...check(URL_LINE), '  - name: db', '    url: tcp://127.0.0.1:5432'),
    { code: 'MANIFEST_CHECK_URL', path: '/health_checks/1/url', line: 8, column: 10 },
  ],
  [
    'a time-out of 0',
    changed({}, ...check(`${URL_LINE}\n    timeout: 0`)),
    { code: 'MANIFEST_TIMEOUT', path: '/health_checks/0/timeout', line: 7, column: 14, got: '0' },
  ],
  [
    'a time-out that is a text',
    changed({}, ...check(`${URL_LINE}\n    timeout: soon`)),
    { code: 'MANIFEST_TIMEOUT', path: '/health_checks/0/timeout', got: '"soon"' },
  ],
  ['an empty command', changed({ 2: 'test_command: " "' }), { code: 'MANIFEST_TEST_COMMAND', line: 3, column: 15 }],
  ['a negative limit', changed({}, 'timeout: -1'), { code: 'MANIFEST_TIMEOUT', path: '/timeout', line: 4, column: 10 }],
  ['an unknown cleanup', changed({}, 'cleanup: maybe'), { code: 'MANIFEST_CLEANUP', line: 4, column: 10 }],
  ['a JUnit file outside', changed({}, 'junit: e2e/../../r.xml'), { code: 'MANIFEST_JUNIT', line: 4, column: 8 }],
  ['no room at all', changed({}, 'disk_limit: 0'), { code: 'MANIFEST_DISK_LIMIT', line: 4, column: 13, got: '0' }],
  ['a label with a space', changed({}, 'closes: ["a b"]'), { code: 'MANIFEST_CLOSES', path: '/closes/0', line: 4 }],
])('S2-02 %s is rejected by itself', async (_, text, problem) => {
  expect(await problemsOf(text)).toMatchObject([problem]);
});

test('S2-02 a repository without a manifest is rejected', async () => {
  await expect(readManifest(root)).rejects.toThrow(/^MANIFEST_MISSING: e2e\/e2e\.yml:1:1 \/ is missing/);
});

test('S2-02 a link out of the root is rejected, and one within is followed', async () => {
  await symlink('/etc/passwd', join(root, 'out.yml'));
  await symlink('e2e/compose.yml', join(root, 'in.yml'));

  expect(await problemsOf(changed({ 1: 'compose_file: out.yml' }))).toMatchObject([{ code: 'MANIFEST_COMPOSE_FILE' }]);
  await writeManifest(changed({ 1: 'compose_file: in.yml' }));
  expect(await readManifest(root)).toMatchObject({ compose_file: 'in.yml' });
});

test('S2-02 an invalid manifest starts nothing and is exit 2', async () => {
  using repository = webRepository('true', 'timeout: 0\n');

  const { code, stderr } = await repository.cli(['run', repository.root]);

  expect(code).toBe(2);
  expect(stderr).toMatch(/^tuningfork: MANIFEST_TIMEOUT: e2e\/e2e\.yml:4:10 \/timeout got 0, expected whole seconds/);
  expect([repository.directories(), repository.ledgers()]).toEqual([[], []]);
});

test('S2-03 all problems are reported at once, in the order of the file', async () => {
  const text = lines(
    ...['timeout: 0', 'compose_file: none.yml', 'name: greeter', 'cleanup: maybe', 'test_command: npm test'],
    ...['health_checks:', '  - { name: api, url: "ftp://x" }'],
  );

  expect((await problemsOf(text)).map(({ code, line }) => [code, line])).toEqual([
    ['MANIFEST_TIMEOUT', 1],
    ['MANIFEST_COMPOSE_FILE', 2],
    ['MANIFEST_CLEANUP', 4],
    ['MANIFEST_CHECK_URL', 7],
  ]);
});
