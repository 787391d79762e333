import { join } from 'node:path';
import { createSmallProject, type SmallProject } from './small-project';

let project: SmallProject;
beforeAll(() => {
  project = createSmallProject({
    'one.test.js': "test('passes', () => {}); test('fails', () => { throw new Error('as it must'); });",
    'silent-reporter.js': 'module.exports = class {};',
    'broken-reporter.js': "module.exports = class { onRunComplete() { throw new Error('its file is read-only'); } };",
    'ending-reporter.js': 'module.exports = class { onRunComplete() { process.exit(0); } };',
  });
});
afterAll(() => project.remove());

const NOTHING_PROVEN = 'NOTHING_PROVEN: 0 passed, no test ran';

test.each([
  ['with another reporter', ['--reporters=<silent>']],
  ['with --forceExit', ['--forceExit', '--reporters=default']],
  ['with a reporter that throws', ['--reporters=default', '--reporters=<broken>']],
  ['with a reporter that ends the process', ['--reporters=<ending>']],
  ['with a report that cannot be written', ['--json', '--outputFile=/proc/none/report.json']],
])('a run without tests exits with 5 %s', async (_, flags) => {
  const paths = flags.map((flag) => flag.replace(/<(\w+)>/, join(project.directory, '$1-reporter.js')));
  const { code, stderr } = await project.jest('-t', 'no such', ...paths);

  expect(code).toBe(5);
  expect(stderr.split(NOTHING_PROVEN)).toHaveLength(2);
});

test('a passing and a failing run keep the exit codes of Jest with --reporters', async () => {
  expect((await project.jest('-t', 'passes', '--reporters=default')).code).toBe(0);
  expect((await project.jest('--bail', '--reporters=default')).code).toBe(1);
});

test.each([
  ['passes', 0],
  ['no such', 5],
])('files that cannot be written leave the exit code of -t %j at %i', async (pattern, expected) => {
  const readOnly = createSmallProject(
    { 'one.test.js': "test('passes', () => {});" },
    { E2E_JUNIT: '/proc/none/junit.xml', E2E_RESULTS: '/proc/none' },
  );
  const { code, stderr } = await readOnly.jest('-t', pattern);
  readOnly.remove();

  expect(code).toBe(expected);
  expect(stderr).toMatch(/E2E_JUNIT=\/proc\/none\/junit\.xml is not written: no scenario ran/);
  expect(stderr).toMatch(/Results: {5}not written \(ENOENT/);
});

test('--json prints the report alone on stdout', async () => {
  const { code, stdout, stderr } = await project.jest('-t', 'no such', '--json', '--silent', '--reporters=summary');

  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 0, numPendingTests: 2 });
  expect(stderr).toContain(NOTHING_PROVEN);
});
