import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDirectoriesBelow, removeFileBelow } from '../../../platform/files/directory-below';
import { openBelow } from '../../../platform/files/open-below';
import { testDirectory } from '../../test-directory';

const root = testDirectory();
const [directory, outside] = [join(root, 'inside'), join(root, 'outside')];
beforeAll(() => {
  mkdirSync(join(directory, 'sub'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  writeFileSync(join(directory, 'sub', 'file'), 'text');
  symlinkSync(join(outside, 'secret'), join(directory, 'link'));
  symlinkSync(outside, join(directory, 'linked'));
  symlinkSync(join(directory, 'sub'), join(directory, 'alias'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
});

const read = async (name: string): Promise<string | null> => {
  await using file = await openBelow({ directory, path: join(directory, name) });
  return file === null ? null : await file.readFile('utf8');
};

test.each<[string, string | null]>([
  ['sub/file', 'text'],
  ['alias/file', 'text'],
  ['link', null],
  ['linked/secret', null],
  ['../outside/secret', null],
  ['pipe', null],
  ['sub', null],
  ['none', null],
  ['sub/file/none', null],
])('the file %s is read as %j', async (name, content) => {
  expect(await read(name)).toBe(content);
});

test('directories are created for the owner of the one above', async () => {
  expect(await createDirectoriesBelow(directory, 'new/deep')).toBe(true);
  expect(await createDirectoriesBelow(directory, 'new/deep')).toBe(true);
  expect(statSync(join(directory, 'new', 'deep')).uid).toBe(statSync(directory).uid);
  expect(await createDirectoriesBelow(join(root, 'absent'), 'a')).toBe(true);
  expect(existsSync(join(root, 'absent', 'a'))).toBe(true);
});

test.each(['linked/new', 'link/new', 'sub/file/new', 'pipe/new'])('no directory is created for %s', async (path) => {
  expect(await createDirectoriesBelow(directory, path)).toBe(false);
  expect(readdirSync(outside)).toEqual(['secret']);
});

test('a file is removed below the directory only, a link without its target', async () => {
  for (const path of ['linked/secret', 'link', 'sub', 'none/none', 'sub/file']) await removeFileBelow(directory, path);

  expect(existsSync(join(outside, 'secret'))).toBe(true);
  expect([existsSync(join(directory, 'link')), existsSync(join(directory, 'sub', 'file'))]).toEqual([false, false]);
  expect(existsSync(join(directory, 'sub'))).toBe(true);
});
