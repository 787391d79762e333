import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { dirSync } from 'tmp';
import { settingsFrom } from '../../../platform/base/settings/settings';
import { selectIsolation } from '../../../platform/worker/isolation/select-isolation';

const base = dirSync({ unsafeCleanup: true });
afterAll(() => base.removeCallback());
const directory = join(base.name, 'platform');
const link = join(base.name, 'link');
mkdirSync(directory);
symlinkSync(base.name, link);

test.each([
  ['the platform directory', directory],
  ['one above it', base.name],
  ['a link to one above it', link],
])('a shared directory that is %s is refused', async (_, path) => {
  const settings = { ...settingsFrom({}), directory, instance: 'test', actionPaths: [path] };

  await expect(selectIsolation(settings, { program: '/program.cjs', root: '/' })).rejects.toThrow(
    `PLATFORM_ACTION_PATHS=${path} is not usable: give directories that do not contain the platform's own`,
  );
});
