import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { watchTests } from '../../../cli/test/watch-tests';
import { changedTests } from '../../../cli/test/selected-tests';
import { Interrupted } from '../../../helpers/errors';
import { repositoryRoot } from '../../../helpers/repository-root';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { createSmallProject, type SmallProject } from './small-project';

const ROOT = repositoryRoot();
const LIVENESS_MS = 60_000;
const A = 'tests/unit/a.test.ts';
const B = 'tests/unit/b.test.ts';

/** Of a test: `record` writes that it ran. */
const RECORDING = "const record = (text) => require('node:fs').appendFileSync(__dirname + '/../../ran', text + ' ');";

let project: SmallProject;
beforeEach(() => {
  project = createSmallProject({
    [A]: `const one = require('../../helpers/one'); ${RECORDING} test('a', () => record('a' + one.two));`,
    [B]: `const table = 'docs/table.md'; ${RECORDING} test('b', () => record('b'));`,
    'helpers/one.ts': "module.exports = require('./two');",
    'helpers/two.ts': 'module.exports = { two: 2 };',
    'docs/table.md': '| a |',
    ran: '',
    '.gitignore': 'cache/\nnode_modules\nran\n',
  });
  git('init', '--quiet');
  git('add', '--all');
  git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', 'first');
});
afterEach(() => project.remove());

const git = (...args: readonly string[]) => execFileSync('git', ['-C', project.directory, ...args]);

const changed = async () => (await changedTests(project.directory, 'HEAD', () => {})).files;

test('the tests that depend on changed, new and removed files are selected', async () => {
  expect(await changed()).toEqual([]);

  project.write('helpers/two.ts', 'module.exports = { two: 3 };');
  expect(await changed()).toEqual([A]);

  project.write('docs/table.md', '| b |');
  project.write('tests/unit/new.test.ts', "test('new', () => {});");
  expect(await changed()).toEqual([A, B, 'tests/unit/new.test.ts']);

  git('checkout', '--', '.');
  rmSync(join(project.directory, 'tests/unit/new.test.ts'));
  rmSync(join(project.directory, 'docs/table.md'));
  expect(await changed()).toEqual([B]);
});

test('a module that cannot be read is named with its place', async () => {
  project.write('helpers/two.ts', 'module.exports =');

  await expect(changed()).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/^IMPORTS_UNREADABLE: (.|\n)*helpers\/two\.ts:1:16/),
  });
});

test('the watch repeats what depends on each change, until it is interrupted', async () => {
  symlinkSync(join(ROOT, 'node_modules'), join(project.directory, 'node_modules'));
  mkdirSync(join(project.directory, 'helpers/jest/entries'), { recursive: true });
  const filter = 'helpers/jest/entries/selection-filter.js';
  symlinkSync(join(ROOT, filter), join(project.directory, filter));
  const { directory: root, config } = project;
  const stop = new AbortController();
  const reported: string[] = [];
  const watch = watchTests({
    root,
    stop: stop.signal,
    first: { files: [] },
    report: (line) => reported.push(line),
    runOf: ({ files }) => ({
      root,
      stop: stop.signal,
      args: ['--config', config],
      output: 'ignore',
      ...(files && { only: files }),
    }),
  });
  try {
    await becomes('waiting', () => String(reported.at(-1)?.split(' ', 1)[0]));
    project.write('helpers/two.ts', 'module.exports = { two: 3 };');
    await becomes('a3 ', () => project.read('ran'));
    project.write('docs/table.md', '| b |');
    await becomes('a3 b ', () => project.read('ran'));
  } finally {
    stop.abort();
    await expect(watch).rejects.toThrow(Interrupted);
  }
});

const becomes = (goal: string, read: () => string): Promise<null> => {
  const condition: Condition<null> = {
    name: `the text to be ${goal}`,
    check: () => (read() === goal ? { is: 'met', value: null } : { is: 'pending', why: read() }),
  };
  return until(condition, performance.now() + LIVENESS_MS);
};
