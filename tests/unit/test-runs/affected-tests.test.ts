import { affectedTests } from '../../../cli/test/affected-tests';
import type { ImportGraph } from '../../../cli/test/import-graph';

const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  'tests/unit/gate/verdict.test.ts': ['tools/gate/verdict.ts'],
  'tests/unit/api/pages.test.ts': ['tests/unit/api/page.ts'],
  'tests/unit/words/words.test.ts': [],
  'tests/integration/cli/commands.test.ts': ['tests/integration/cli-process.ts'],
  'tests/e2e/tier1/t1-01-timer.test.ts': ['helpers/polling.ts'],
  'helpers/jest/global-setup.ts': ['helpers/target/start/spawn-platform.ts'],
  'cli/entry.ts': ['cli/up.ts', 'cli/gate.ts'],
  'cli/up.ts': ['platform/start/main.ts'],
  'cli/gate.ts': ['tools/gate/verdict.ts'],
  'platform/start/main.ts': ['contract/errors.ts'],
};

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'docs/errors.md': ['tests/unit/api/page.ts'],
  'bin/tuningfork.js': [
    'tests/integration/cli-process.ts',
    'helpers/target/start/spawn-platform.ts',
    'helpers/repository-root.ts',
  ],
};

const GRAPH: ImportGraph = {
  tests: Object.keys(IMPORTS).filter((file) => file.endsWith('.test.ts')),
  importersOf: (module) => Object.keys(IMPORTS).filter((file) => IMPORTS[file]!.includes(module)),
  modulesNaming: (file) => NAMES[file] ?? [],
};

const WORDS = 'tests/unit/words/words.test.ts';
const VERDICT = 'tests/unit/gate/verdict.test.ts';
const COMMANDS = 'tests/integration/cli/commands.test.ts';
const TIMER = 'tests/e2e/tier1/t1-01-timer.test.ts';

const affectedBy = (...changed: string[]) => affectedTests(changed, GRAPH);

test('a test depends on what it imports, also through others, and on itself', () => {
  expect(affectedBy('helpers/polling.ts').tests).toEqual([TIMER, WORDS]);
  expect(affectedBy(VERDICT).tests).toEqual([VERDICT, WORDS]);
});

test('a test depends on the files that its modules name', () => {
  expect(affectedBy('docs/errors.md').tests).toEqual(['tests/unit/api/pages.test.ts', WORDS]);
});

test('what starts the program depends on every module of a command', () => {
  expect(affectedBy('tools/gate/verdict.ts').tests).toEqual([COMMANDS, VERDICT, WORDS]);
});

test.each([
  'platform/start/main.ts',
  'contract/errors.ts',
  'platform/store/0001.sql',
  'packs/core/pack.yaml',
  'bin/bundle.js',
])('scenarios depend on the platform and its packs: %s', (file) => {
  expect(affectedBy(file).tests).toEqual([TIMER, COMMANDS, WORDS]);
});

test('scenarios depend on what Jest loads for them', () => {
  expect(affectedBy('helpers/jest/reporter.ts').tests).toEqual([TIMER, WORDS]);
});

test.each(['package.json', 'helpers/jest/modules/kept-code-runtime.js', 'helpers/jest/modules/shared-environment.js'])(
  'every test depends on the settings and the module loader: %s',
  (file) => {
    expect(affectedBy(file).tests).toEqual([...GRAPH.tests].sort());
  },
);

test('a changed file on which no test depends is reported', () => {
  expect(affectedBy('LICENSE', 'helpers/polling.ts')).toEqual({ tests: [TIMER, WORDS], untested: ['LICENSE'] });
  expect(affectedBy()).toEqual({ tests: [], untested: [] });
});
