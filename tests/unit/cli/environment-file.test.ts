import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoredFileLine } from '../../../cli/settings/environment-file';
import { testDirectory } from '../../test-directory';

let directory: string;
beforeEach(() => (directory = testDirectory()));

const write = (text: string) => writeFileSync(join(directory, '.env'), text);

test('a file with settings of a platform is named with its variables', () => {
  write('OTHER=1\nexport DATABASE_URL="postgres://me:secret@db/dev"\nPLATFORM_WORKERS=3\n');

  expect(ignoredFileLine(directory)).toBe(
    `${directory}/.env is ignored: it sets DATABASE_URL, PLATFORM_WORKERS; settings come from the command line and the environment`,
  );
});

test('a file without them is not named', () => {
  write('DATABASE_URL_OF_OTHERS=x\n# PLATFORM_WORKERS=1\n');

  expect(ignoredFileLine(directory)).toBeNull();
});

test('no file is not named', () => {
  expect(ignoredFileLine(directory)).toBeNull();
});
