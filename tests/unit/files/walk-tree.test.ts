import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../platform/files/remove-tree';
import { measureTree, walkTree } from '../../../platform/files/walk-tree';
import { DEPTH, nestDirectories } from './deep-tree';

const MIB = 1_024 ** 2;

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'walk-'))));
afterEach(() => removeTree(root));

test('a tree is measured at any depth', async () => {
  nestDirectories(root);

  expect(await measureTree(root)).toMatchObject({ files: 1, directories: DEPTH });
});

test('what counts is what files have on the disk, once for all their names', async () => {
  writeFileSync(join(root, 'sparse'), '');
  truncateSync(join(root, 'sparse'), 1_024 ** 4);
  writeFileSync(join(root, 'full'), Buffer.alloc(MIB, 1));
  linkSync(join(root, 'full'), join(root, 'again'));
  mkdirSync(join(root, 'closed'));
  writeFileSync(join(root, 'closed/full'), Buffer.alloc(MIB, 1));
  chmodSync(join(root, 'closed'), 0);
  symlinkSync('/usr', join(root, 'link'));

  const { bytes, files } = await measureTree(root);
  expect([Math.floor(bytes / MIB), files]).toEqual([2, 4]);
});

test('there is nothing to measure where there is no directory', async () => {
  expect(await measureTree(join(root, 'none'))).toEqual({ bytes: 0, files: 0, directories: 0 });
});

test('a directory that is moved during the walk hides no other one', async () => {
  mkdirSync(join(root, 'a/b/c'), { recursive: true });
  for (const path of ['a/one', 'a/b/two', 'three']) mkdirSync(join(root, path));
  const visited: string[] = [];

  await walkTree(root, (_directory, entries) => {
    const names = entries.map(({ name }) => name.toString()).sort();
    visited.push(names.join());
    if (names.join() === 'c,two') renameSync(join(root, 'a/b'), join(root, 'elsewhere'));
    return Promise.resolve();
  });

  expect(visited.filter((names) => names !== '').sort()).toEqual(['a,three', 'b,one', 'c,two']);
  expect(visited).toHaveLength(7);
});
