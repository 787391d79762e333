import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeAbandonedBodies } from '../../../../platform/api/internal/abandoned-bodies';
import { appendStored, replaceStored } from '../../../../platform/files/stored-files';
import { testDirectory } from '../../../test-directory';

/** As root, the user of a tenant's programs. */
const UID = process.getuid!() === 0 ? 1_900_000_001 : process.getuid!();

let root: string;
beforeEach(() => (root = testDirectory()));

const receivedBody = (text: string) => {
  const file = join(root, 'received');
  writeFileSync(file, text);
  return { file, size: text.length };
};

test('files and their directories belong to the user of the programs', async () => {
  const place = { directory: join(root, '1'), owner: { uid: UID, gid: UID }, path: 'a/b/stored' };

  expect(await replaceStored(place, receivedBody('x'))).toBe(true);
  expect(await appendStored({ ...place, path: 'appended' }, receivedBody('y'))).toBe(true);

  const owners = ['1', '1/a', '1/a/b', '1/a/b/stored', '1/appended'].map((path) => statSync(join(root, path)).uid);
  expect(owners).toEqual([UID, UID, UID, UID, UID]);
});

test('an appended body that cannot be read leaves the file as it was', async () => {
  const place = { directory: root, owner: null, path: 'log' };
  writeFileSync(join(root, 'log'), 'before');

  await expect(appendStored(place, { file: join(root, 'missing') })).rejects.toMatchObject({ code: 'ENOENT' });

  expect(readFileSync(join(root, 'log'), 'utf8')).toBe('before');
});

test('bodies of killed platforms are removed, those of running ones are not', async () => {
  const bodies = ['killed', 'running'].map((instance) => join(root, 'artifacts/.received', instance, 'body'));
  for (const body of bodies) {
    mkdirSync(join(body, '..'), { recursive: true });
    writeFileSync(body, 'half');
  }

  await removeAbandonedBodies(root, ['running']);

  expect(bodies.map((body) => existsSync(body))).toEqual([false, true]);
});
