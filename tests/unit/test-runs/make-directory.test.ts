import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../../../helpers/make-directory';
import { testDirectory } from '../../test-directory';

let directory: string;
beforeEach(() => (directory = testDirectory()));

test('missing directories are made, and those that exist stay', () => {
  makeDirectory(join(directory, 'a/b/c'));
  makeDirectory(join(directory, 'a/b'));

  expect(statSync(join(directory, 'a/b/c')).isDirectory()).toBe(true);
});

test('a file in the place of a directory is refused', () => {
  writeFileSync(join(directory, 'file'), '');

  expect(() => makeDirectory(join(directory, 'file/below'))).toThrow('ENOTDIR');
  expect(() => makeDirectory(join(directory, 'file'))).toThrow('EEXIST');
});

test('a file system that makes no directories is refused', () => {
  expect(() => makeDirectory('/proc/none/below')).toThrow('ENOENT');
});
