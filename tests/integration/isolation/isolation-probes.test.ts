import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { repositoryRoot } from '../../../helpers/repository-root';
import { settingsFrom } from '../../../platform/settings/settings';
import { isolationMode } from '../../../platform/worker/isolation/isolation';
import { selectIsolation } from '../../../platform/worker/isolation/select-isolation';

const PLATFORMS = 6;
const STARTS_OF_EACH = 8;

const base = dirSync({ unsafeCleanup: true, mode: 0o755 });
afterAll(() => base.removeCallback());

test('platforms may start in one directory at the same time', async () => {
  const root = repositoryRoot();
  const startAgainAndAgain = async (_: unknown, n: number) => {
    const settings = { ...settingsFrom({}), directory: base.name, instance: `platform${n}` };
    for (let start = 0; start < STARTS_OF_EACH; start++)
      expect(await selectIsolation(settings, { program: join(root, 'bin/tuningfork.js'), root })).toEqual({
        mode: isolationMode(),
      });
  };

  await Promise.all(Array.from({ length: PLATFORMS }, startAgainAndAgain));

  expect(readdirSync(join(base.name, 'tmp'))).toEqual([]);
});
