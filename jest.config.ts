/**
 * @jest-config-loader ts-node
 * @jest-config-loader-options {"transpileOnly": true}
 */
import type { Config } from 'jest';

const project = (name: string, folder: string, more: object = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/tests/${folder}/**/*.test.ts`],
  transform: { '^.+\\.ts$': ['ts-jest', {}] as [string, object] },
  testEnvironment: 'node',
  ...more,
});

const config: Config = {
  projects: [project('unit', 'unit'), project('integration', 'integration')],
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};

export default config;
