import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfinedDirectory } from '../../../platform/files/confined-directory';
import { emptyTree, removeTree } from '../../../platform/files/remove-tree';
import { nestDirectories } from './deep-tree';
import { createLinkedTree } from './linked-tree';

let root: string;
beforeEach(() => (root = createLinkedTree()));
afterEach(() => rmSync(root, { recursive: true }));

/** As root, another user, for whom the modes of files hold. */
const OWNER = process.getuid!() === 0 ? 65_534 : process.getuid!();

async function asOwner<T>(work: () => Promise<T>): Promise<T> {
  const own = process.geteuid!();
  process.seteuid!(OWNER);
  try {
    return await work();
  } finally {
    process.seteuid!(own);
  }
}

test('a tree is emptied, and nothing that its links lead to', async () => {
  await using tree = await ConfinedDirectory.open(join(root, 'tree'));

  expect(await emptyTree(tree!)).toBe(3);
  expect(readdirSync(join(root, 'tree'))).toEqual([]);
  expect(existsSync(join(root, 'elsewhere/kept'))).toBe(true);
});

test('a tree is removed that is deeper than a path may be long', async () => {
  nestDirectories(join(root, 'tree'));

  expect(await removeTree(join(root, 'tree'))).toBe(4);
  expect(readdirSync(root)).toEqual(['elsewhere']);
});

test('directories that their owner has closed are removed', async () => {
  mkdirSync(join(root, 'tree/closed/inner'), { recursive: true });
  writeFileSync(join(root, 'tree/closed/inner/file'), '');
  mkdirSync(join(root, 'tree/read-only/inner'), { recursive: true });
  const closed = { 'closed/inner': 0, closed: 0, 'read-only/inner': 0o500, 'read-only': 0o500 };
  for (const path of ['.', 'tree', 'tree/inner']) chownSync(join(root, path), OWNER, OWNER);
  for (const [path, mode] of Object.entries(closed)) {
    chownSync(join(root, 'tree', path), OWNER, OWNER);
    chmodSync(join(root, 'tree', path), mode);
  }

  expect(await asOwner(() => removeTree(join(root, 'tree')))).toBe(4);
  expect(readdirSync(root)).toEqual(['elsewhere']);
});

test.each([
  ['a link', 'tree/link', 1],
  ['nothing', 'none', 0],
  ['what is below a file', 'elsewhere/kept/none', 0],
])('%s is no directory to remove', async (_what, path, removed) => {
  expect(await removeTree(join(root, path))).toBe(removed);
  expect(existsSync(join(root, 'elsewhere/kept'))).toBe(true);
});
