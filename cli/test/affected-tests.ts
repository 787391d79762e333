import type { ImportGraph } from './import-graph';

export interface AffectedTests {
  /** Paths of test files, sorted. */
  readonly tests: readonly string[];
  /** Changed files on which no test depends. */
  readonly untested: readonly string[];
}

/** Every test depends on these. */
const SETTINGS = [
  'jest.config.ts',
  'helpers/jest/modules/kept-code-runtime.js',
  'helpers/jest/modules/shared-environment.js',
  'helpers/jest/modules/typescript-import.js',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
/** These read the files of the whole project. */
const TREE_TESTS = /^tests\/unit\/(words|repository)\//;
/** Jest loads these for a run of scenarios, which do not import them. */
const RUN_OF_SCENARIOS = /^helpers\/jest\//;
const SCENARIO = /^tests\/e2e\//;

const PROGRAM = 'bin/tuningfork.js';
const PROGRAM_ENTRY = 'cli/entry.ts';
/** Changed files of the program that its entry does not import. */
const PROGRAM_FILES = /^(bin|packs|platform)\//;
/** Starts `up`, and no other command of the program. */
const PLATFORM_START = 'helpers/target/start/spawn-platform.ts';
const PLATFORM_MODULES = /^(packs|platform)\/|^cli\/(up|worker)\.ts$/;
/** Names the program to find the root of the project, and does not start it. */
const ROOT_SEARCH = 'helpers/repository-root.ts';

/**
 * The test files that depend on changed files: which import them, directly or not, or name them.
 * Whatever starts the program of the project depends on all of it, and a run of scenarios on the
 * platform and its packs.
 */
export function affectedTests(changed: readonly string[], graph: ImportGraph): AffectedTests {
  const byFile = changed.map((file) => ({ file, tests: testsDependingOn(file, graph) }));
  const tests = new Set(byFile.flatMap((each) => each.tests));
  if (changed.length > 0) for (const test of graph.tests.filter((each) => TREE_TESTS.test(each))) tests.add(test);
  return {
    tests: [...tests].sort(),
    untested: byFile.filter((each) => each.tests.length === 0).map(({ file }) => file),
  };
}

function testsDependingOn(changed: string, graph: ImportGraph): string[] {
  if (SETTINGS.includes(changed)) return [...graph.tests];
  const reached = new Set([changed]);
  for (const file of reached) for (const next of dependentsOf(file, changed, graph)) reached.add(next);
  return graph.tests.filter((test) => reached.has(test));
}

function dependentsOf(file: string, changed: string, graph: ImportGraph): string[] {
  const isChanged = file === changed;
  const isPlatform = PLATFORM_MODULES.test(file) || (isChanged && PROGRAM_FILES.test(file));
  return [
    ...graph.importersOf(file),
    ...(isChanged || file === PROGRAM ? graph.modulesNaming(file).filter((module) => !isStart(module)) : []),
    ...(file === PROGRAM_ENTRY || (isChanged && PROGRAM_FILES.test(file)) ? [PROGRAM] : []),
    ...(isPlatform ? [PLATFORM_START] : []),
    ...(RUN_OF_SCENARIOS.test(file) ? graph.tests.filter((test) => SCENARIO.test(test)) : []),
  ];
}

const isStart = (module: string): boolean => module === ROOT_SEARCH || module === PLATFORM_START;
