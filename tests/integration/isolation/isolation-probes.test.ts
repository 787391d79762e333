import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { dirSync } from 'tmp';
import { repositoryRoot } from '../../../helpers/repository-root';
import { settingsFrom } from '../../../platform/base/settings/settings';
import { isolationMode } from '../../../platform/worker/isolation/isolation';
import { selectIsolation } from '../../../platform/worker/isolation/select-isolation';
import { backendTest, currentBackend } from './backends';

const PLATFORMS = 6;
const STARTS_OF_EACH = 8;

const base = dirSync({ unsafeCleanup: true, mode: 0o755 });
afterAll(() => base.removeCallback());

backendTest('platforms may start in one directory at the same time', async () => {
  const root = repositoryRoot();
  const isolationBackend = currentBackend();
  const startAgainAndAgain = async (_: unknown, n: number) => {
    const settings = { ...settingsFrom({}), directory: base.name, instance: `platform${n}`, isolationBackend };
    for (let start = 0; start < STARTS_OF_EACH; start++)
      expect(await selectIsolation(settings, { program: join(root, 'bin/tuningfork.js'), root })).toEqual({
        mode: isolationMode(),
      });
  };

  await Promise.all(Array.from({ length: PLATFORMS }, startAgainAndAgain));

  expect(readdirSync(join(base.name, 'tmp'))).toEqual([]);
});

/** Starts with bubblewrap as the only backend. Returns why it does not. */
async function rejectionOf(path: string): Promise<unknown> {
  const before = process.env.PATH;
  process.env.PATH = path;
  const root = repositoryRoot();
  const settings = { ...settingsFrom({ PLATFORM_ISOLATION_BACKEND: 'bwrap' }), directory: base.name, instance: 'p' };
  try {
    return await selectIsolation(settings, { program: join(root, 'bin/tuningfork.js'), root }).catch(String);
  } finally {
    process.env.PATH = before;
  }
}

const REJECTED = 'IsolationUnavailable: PLATFORM_ISOLATION_BACKEND=bwrap, but programs cannot be confined here';

test('bubblewrap that the host does not allow ends the start', async () => {
  const bin = join(base.name, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'bwrap'), '#!/bin/sh\necho "bwrap: No permissions" >&2; exit 1\n', { mode: 0o755 });

  expect(await rejectionOf([bin, process.env.PATH].join(delimiter))).toBe(
    `${REJECTED}: its processes could not be contained: ${join(bin, 'bwrap')}: No permissions`,
  );
});

test('bubblewrap that is not installed ends the start', async () => {
  expect(await rejectionOf('')).toBe(
    `${REJECTED}: no program bwrap is on the search path: install bubblewrap 0.8 or newer, or set own`,
  );
});
