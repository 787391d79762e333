import { chmodSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TokenFile } from '../../../cli/standalone/token-file';
import { testDirectory } from '../../test-directory';

let directory: string;
let path: string;
beforeEach(() => {
  directory = testDirectory();
  path = join(directory, 'token');
  writeFileSync(path, 'first\n', { mode: 0o644 });
});

const content = () => readFileSync(path, 'utf8');

test('a renewed token replaces the file, for its owner alone', async () => {
  const file = new TokenFile(path);
  expect(await file.read()).toBe('first');

  expect(await file.save('second')).toBeNull();

  expect(content()).toBe('second\n');
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  expect(readdirSync(directory)).toEqual(['token']);
  expect(await file.read()).toBe('second');
});

test('a token that someone else has put there comes first', async () => {
  const file = new TokenFile(path);
  await file.read();
  writeFileSync(path, 'theirs\n');

  expect(await file.save('second')).toBeNull();

  expect(content()).toBe('theirs\n');
  expect(await file.read()).toBe('theirs');
});

test('a read-only file is left as it is, and the renewed token is used', async () => {
  chmodSync(path, 0o400);
  const file = new TokenFile(path);
  await file.read();

  expect(await file.save('second')).toBe(`${path} is read-only`);
  expect(content()).toBe('first\n');
  expect(await file.read()).toBe('second');

  rmSync(path);
  writeFileSync(path, 'theirs\n');
  expect(await file.read()).toBe('theirs');
});

test('the file that a link names is replaced, and not the link', async () => {
  const link = join(directory, 'link');
  symlinkSync(path, link);
  const file = new TokenFile(link);
  await file.read();

  expect(await file.save('second')).toBeNull();

  expect(content()).toBe('second\n');
});

test('a file that is missing is an error of usage', async () => {
  await expect(new TokenFile(join(directory, 'missing')).read()).rejects.toThrow('TOKEN_FILE_UNUSABLE');
});
