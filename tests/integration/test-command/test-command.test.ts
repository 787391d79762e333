import { createSmallProject, type SmallProject } from './small-project';

/** Fails as long as its directory has a file `broken`, and writes its name to `ran`. */
const recording = (name: string) => `
  test(${JSON.stringify(name)}, () => {
    const fs = require('node:fs');
    fs.appendFileSync(__dirname + '/ran', ${JSON.stringify(name)} + ';');
    expect(fs.readFileSync(__dirname + '/broken', 'utf8')).not.toContain(${JSON.stringify(name)});
  });`;

let project: SmallProject;
beforeEach(() => {
  project = createSmallProject({
    'a.test.js': `${recording('a1')}${recording('a2 (again)')}`,
    'b.test.js': recording('b1'),
    broken: 'a2 (again)',
    ran: '',
  });
});
afterEach(() => project.remove());

/** The tests that ran since the last call, sorted. */
function ran(): string[] {
  const names = project.read('ran').split(';').filter(Boolean).sort();
  project.write('ran', '');
  return names;
}

test('--failed repeats the tests that failed, until none does', async () => {
  expect((await project.command('test')).code).toBe(1);
  expect(ran()).toEqual(['a1', 'a2 (again)', 'b1']);

  project.write('broken', '');
  expect((await project.command('test', '--failed')).code).toBe(0);
  expect(ran()).toEqual(['a2 (again)']);

  const { code, stderr } = await project.command('test', '--failed');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^tuningfork: failed tests of the last runs, by .*last-run\.json: 0\n$/);
  expect(ran()).toEqual([]);
});

test('--until-failure stops at the first run that fails', async () => {
  project.write('a.test.js', "test('a', () => undefined);");
  project.write(
    'b.test.js',
    `test('b', () => {
      const fs = require('node:fs');
      fs.appendFileSync(__dirname + '/ran', 'b1;');
      expect(fs.readFileSync(__dirname + '/ran', 'utf8')).toBe('b1;');
    });`,
  );
  const { code, stderr } = await project.command('test', '--until-failure', '5');

  expect(code).toBe(1);
  expect(stderr.match(/^tuningfork: run \d of 5$/gm)).toEqual(['tuningfork: run 1 of 5', 'tuningfork: run 2 of 5']);
});

test('Jest gets its arguments, and progress is printed on a terminal only', async () => {
  const { code, stdout, stderr } = await project.command('test', 'b.test', '-t', 'b1', '--json');

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 1, numTotalTests: 1 });
  expect(stderr).not.toContain(' left');
});

test.each([
  ['--base without --changed', ['--base', 'main'], '--base names what --changed compares with'],
  ['--failed with --changed', ['--failed', '--changed'], 'use one of them'],
  ['--changed with --gate', ['--changed', '--gate'], 'use one of them'],
  ['--failed with -t', ['--failed', '-t', 'a'], 'use it without -t'],
  ['--watch with --until-failure', ['--watch', '--until-failure', '2'], 'use it without --until-failure'],
  ['an option that Jest does not have', ['--nonsense'], 'JEST_ARGUMENTS: Jest rejects these arguments'],
  ['an option without its value', ['--testNamePattern'], 'JEST_ARGUMENTS: Jest rejects these arguments'],
  ['a base that does not exist', ['--changed', '--base', 'no-such-commit'], 'REVISION_UNKNOWN'],
])('%s is invalid usage', async (_, flags, message) => {
  const { code, stdout, stderr } = await project.command('test', ...flags);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});
