/**
 * @jest-config-loader esbuild-register
 */
import { join } from 'node:path';
import type { Config } from 'jest';
import { cacheDirectory, suitePattern } from './helpers/jest/suite-modules';
import { JEST_WORKERS } from './helpers/jest/worker-count';

/** All sources, so that `--onlyChanged` finds their tests; not the files of packages. */
const ROOMS = ['bench', 'cli', 'contract', 'gate', 'helpers', 'hub', 'platform', 'report', 'sandbox', 'tests'];

const TYPESCRIPT = { '^.+\\.ts$': '<rootDir>/helpers/jest/typescript-import.js' };

const project = (name: string, folder: string, more: object = {}) => ({
  displayName: name,
  roots: ROOMS.map((room) => `<rootDir>/${room}`),
  testMatch: [`<rootDir>/tests/${folder}/**/*.test.ts`],
  transform: TYPESCRIPT,
  testEnvironment: 'node',
  cacheDirectory: join(cacheDirectory(), 'jest'),
  ...more,
});

/**
 * For all tiers: the platform is started once per run, if one of their files runs, and the modules
 * of the suite are loaded once per process.
 */
const onPlatform = {
  globalSetup: '<rootDir>/helpers/jest/global-setup-entry.js',
  globalTeardown: '<rootDir>/helpers/jest/global-teardown-entry.js',
  testEnvironment: '<rootDir>/helpers/jest/scenario-environment.js',
  transform: {
    [suitePattern()]: '<rootDir>/helpers/jest/suite-import.js',
    ...TYPESCRIPT,
  },
};

const config: Config = {
  projects: [
    project('unit', 'unit'),
    project('integration', 'integration'),
    ...['tier1', 'tier2', 'tier3', 'systems', 'attacks'].map((tier) => project(tier, `e2e/${tier}`, onPlatform)),
  ],
  cacheDirectory: join(cacheDirectory(), 'jest'),
  maxWorkers: JEST_WORKERS,
  testTimeout: 120_000, // a liveness bound on a busy machine, never a claim
  reporters: ['default', '<rootDir>/helpers/jest/reporter-entry.js'],
  testSequencer: '<rootDir>/helpers/jest/sequencer-entry.js',
};

export default config;
