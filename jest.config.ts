/**
 * @jest-config-loader esbuild-register
 */
import { accessSync, constants } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from 'jest';
import { JEST_WORKERS } from './helpers/jest/worker-count';

/** Inside the clone, so that nothing is left outside; elsewhere only if the clone is read-only. */
function cacheDirectory(): string {
  const modules = join(__dirname, 'node_modules');
  try {
    accessSync(modules, constants.W_OK);
    return join(modules, '.cache/jest');
  } catch {
    return join(tmpdir(), `tuningfork-jest-${userInfo().uid}`);
  }
}

const project = (name: string, folder: string, more: object = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${folder}/**/*.test.ts`],
  transform: { '^.+\\.ts$': ['ts-jest', {}] as [string, object] },
  testEnvironment: 'node',
  cacheDirectory: cacheDirectory(),
  ...more,
});

/** For all tiers: the platform is started once per run, if one of their files runs. */
const onPlatform = {
  globalSetup: '<rootDir>/helpers/jest/global-setup.ts',
  globalTeardown: '<rootDir>/helpers/jest/global-teardown.ts',
};

const config: Config = {
  projects: [
    project('unit', 'unit'),
    project('integration', 'integration'),
    ...['tier1', 'tier2', 'tier3', 'systems', 'attacks'].map((tier) => project(tier, `e2e/${tier}`, onPlatform)),
  ],
  cacheDirectory: cacheDirectory(),
  maxWorkers: JEST_WORKERS,
  testTimeout: 120_000, // a liveness bound on a busy machine, never a claim
  reporters: ['default', '<rootDir>/helpers/jest/reporter-entry.js'],
  testSequencer: '<rootDir>/helpers/jest/sequencer-entry.js',
};

export default config;
