import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { settingsFrom } from '../../../platform/base/settings/settings';
import { selectIsolation } from '../../../platform/worker/isolation/select-isolation';
import { testDirectory } from '../../test-directory';

const base = testDirectory();
const directory = join(base, 'platform');
const link = join(base, 'link');
mkdirSync(directory);
symlinkSync(base, link);

test.each([
  ['the platform directory', directory],
  ['one above it', base],
  ['a link to one above it', link],
])('a shared directory that is %s is refused', async (_, path) => {
  const settings = { ...settingsFrom({}), directory, instance: 'test', actionPaths: [path] };

  await expect(selectIsolation(settings, { program: '/program.cjs', root: '/' })).rejects.toThrow(
    `PLATFORM_ACTION_PATHS=${path} is not usable: give directories that do not contain the platform's own`,
  );
});
