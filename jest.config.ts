/**
 * @jest-config-loader esbuild-register
 * @jest-config-loader-options {"extensions": [".ts"]}
 */
import { join } from 'node:path';
import type { Config } from 'jest';
import { loadModule } from './helpers/jest/modules/load';
import { cacheDirectory, suitePattern } from './helpers/jest/modules/suite-modules';

const TYPESCRIPT = { '^.+\\.ts$': '<rootDir>/helpers/jest/modules/typescript-import.js' };
/** Packages that are ES modules alone, which Jest would have to require. */
const ES_MODULES = ['d3-hierarchy'];

/** Jest looks at each file of `rooms`: the sources that the test files import. */
const project = (name: string, folder: string, rooms: readonly string[], more: object = {}) => ({
  folder: `tests/${folder}`,
  config: {
    displayName: name,
    roots: [`tests/${folder}`, ...rooms].map((room) => `<rootDir>/${room}`),
    testMatch: [`<rootDir>/tests/${folder}/**/*.test.ts`],
    transform: { ...TYPESCRIPT, '/node_modules/.+\\.mjs$': '<rootDir>/helpers/jest/modules/package-import.js' },
    transformIgnorePatterns: [`/node_modules/(?!${ES_MODULES.join('|')}/)`],
    testEnvironment: 'node',
    runtime: '<rootDir>/helpers/jest/modules/kept-code-runtime.js',
    cacheDirectory: join(cacheDirectory(), 'jest'),
    ...more,
  },
});

/**
 * For all tiers: the platform is started once per run, if one of their files runs, and the modules
 * of the suite are loaded once per process.
 */
const onPlatform = {
  globalSetup: '<rootDir>/helpers/jest/entries/global-setup-entry.js',
  globalTeardown: '<rootDir>/helpers/jest/entries/global-teardown-entry.js',
  testEnvironment: '<rootDir>/helpers/jest/modules/scenario-environment.js',
  transform: {
    [suitePattern()]: '<rootDir>/helpers/jest/modules/suite-import.js',
    ...TYPESCRIPT,
  },
};

/** For tests without a target: one context for each Jest process, see docs/architecture.md. */
const inSharedContext = { testEnvironment: '<rootDir>/helpers/jest/modules/shared-environment.js' };

/** For integration tests: a server for each Jest process, with a database for each file. */
const onDatabases = {
  ...inSharedContext,
  globalSetup: '<rootDir>/tests/integration/database/start-servers.ts',
  globalTeardown: '<rootDir>/tests/integration/database/stop-servers.ts',
};

const SUITE = ['helpers', 'contract'];
const OTHER_SOURCES = ['cli', 'platform', 'tests/attune', 'tools', 'web'];
const SOURCES = [...SUITE, ...OTHER_SOURCES];

const PROJECTS = [
  project('unit', 'unit', [...SOURCES, 'tests/integration'], inSharedContext),
  project('integration', 'integration', SOURCES, onDatabases),
  ...['tier1', 'tier2', 'tier3', 'systems', 'attacks'].map((tier) =>
    project(tier, `e2e/${tier}`, ['tests/e2e/support', ...SUITE], onPlatform),
  ),
];

const settings: Config = {
  cacheDirectory: join(cacheDirectory(), 'jest'),
  maxWorkers: loadModule('worker-count').JEST_WORKERS,
  testTimeout: 120_000, // a liveness bound on a busy machine, never a claim
  reporters: ['default'], // the sequencer adds the suite's own, also to those of --reporters
  testSequencer: '<rootDir>/helpers/jest/entries/sequencer-entry.js',
};

/** The platform starts while Jest does. */
export default async (): Promise<Config> => {
  const args = process.argv.slice(2);
  loadModule('refused-flags').endRefusedRun(args);
  loadModule('interruption').endOnSignals();
  await loadModule('early-target').startEarly(args, process.env);
  const projects = loadModule('selected-projects').selectedProjects(PROJECTS, args, __dirname);
  return { ...settings, projects: projects.map(({ config }) => config) };
};
