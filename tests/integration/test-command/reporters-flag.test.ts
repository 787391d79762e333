import { join } from 'node:path';
import { createSmallProject, type SmallProject } from './small-project';

let project: SmallProject;
beforeAll(() => {
  project = createSmallProject({
    'one.test.js': "test('passes', () => {}); test('fails', () => { throw new Error('as it must'); });",
    'silent-reporter.js': 'module.exports = class {};',
  });
});
afterAll(() => project.remove());

const NOTHING_PROVEN = 'NOTHING_PROVEN: 0 passed, no test ran';

test.each([
  ['with another reporter', ['--reporters=<own>']],
  ['with --forceExit', ['--forceExit', '--reporters=default']],
])('a run without tests exits with 5 %s', async (_, flags) => {
  const own = join(project.directory, 'silent-reporter.js');
  const { code, stderr } = await project.jest('-t', 'no such', ...flags.map((flag) => flag.replace('<own>', own)));

  expect(code).toBe(5);
  expect(stderr.split(NOTHING_PROVEN)).toHaveLength(2);
});

test('a passing and a failing run keep the exit codes of Jest with --reporters', async () => {
  expect((await project.jest('-t', 'passes', '--reporters=default')).code).toBe(0);
  expect((await project.jest('--bail', '--reporters=default')).code).toBe(1);
});

test('--json prints the report alone on stdout', async () => {
  const { code, stdout, stderr } = await project.jest('-t', 'no such', '--json', '--silent', '--reporters=summary');

  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 0, numPendingTests: 2 });
  expect(stderr).toContain(NOTHING_PROVEN);
});
