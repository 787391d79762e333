import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfinedDirectory } from '../../../platform/files/confined-directory';
import { listTree } from '../../../platform/files/directory-tree';
import { createLinkedTree } from './linked-tree';

let root: string;
beforeEach(() => (root = createLinkedTree()));
afterEach(() => rmSync(root, { recursive: true }));

test('a tree is listed without following its links', async () => {
  await using tree = await ConfinedDirectory.open(join(root, 'tree'));
  const entries = await listTree(tree!, 10);

  expect(entries.sort((one, other) => (one.path < other.path ? -1 : 1))).toEqual([
    { path: 'inner', kind: 'directory' },
    { path: 'inner/file', kind: 'file' },
    { path: 'link', kind: 'link' },
    { path: '\ufffd', kind: 'file' },
  ]);
  expect(await listTree(tree!, 2)).toHaveLength(2);
});
