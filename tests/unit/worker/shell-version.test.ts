// Spec: the shell is one that can run, and its version does not depend on the user's start files.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellRuntime } from '../../../platform/worker/runtimes/shell';
import { testDirectory } from '../../test-directory';

const home = testDirectory();

beforeAll(() => {
  writeFileSync(join(home, '.bashrc'), 'echo a start file was read; exit 3\n');
  Object.assign(process.env, { HOME: home, SHLVL: '0' });
});

test('a bash that cannot run is no shell', async () => {
  writeFileSync(join(home, 'bash'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
  const { PATH } = process.env;
  process.env.PATH = home;
  const version = await shellRuntime.detectVersion(null);
  process.env.PATH = PATH;

  expect(version).toBeNull();
});

test('a user’s .bashrc is not read', async () => {
  const expected = execFileSync('bash', ['--version'], { encoding: 'utf8' }).match(/version ([\d.]+)/)![1];
  expect(await shellRuntime.detectVersion(null)).toBe(expected);
});
