import { existsSync } from 'node:fs';
import { acquireExclusiveLock, acquireSharedLock } from '../../../helpers/scenario/file-lock';
import { testDirectory } from '../../test-directory';

const directory = testDirectory();

const soon = () => performance.now() + 100;
const shared = (name: string) => acquireSharedLock(directory, name, soon());
const exclusive = (name: string, deadline = soon()) => acquireExclusiveLock(directory, name, deadline);

test('any number of tests share a lock', async () => {
  const releases = [await shared('a'), await shared('a')];
  for (const release of releases) release();
});

test('an exclusive lock waits for those that share it', async () => {
  const [first, second] = [await shared('b'), await shared('b')];
  await expect(exclusive('b')).rejects.toThrow(/the tests in .*; last saw tests that run: 2/);

  const acquired = exclusive('b', performance.now() + 5_000);
  first();
  second();
  (await acquired)();
});

test('no test shares a lock while another has it or waits for it', async () => {
  const holder = await shared('c');
  const acquired = exclusive('c', performance.now() + 5_000);
  await expect(shared('c')).rejects.toThrow('last saw another test has it');

  holder();
  const release = await acquired;
  await expect(shared('c')).rejects.toThrow('last saw another test has it');
  release();
  (await shared('c'))();
});

test('a test that waited in vain for an exclusive lock leaves nothing', async () => {
  const holder = await shared('d');
  await expect(exclusive('d')).rejects.toThrow('last saw tests that run: 1');

  (await shared('d'))();
  holder();
  (await exclusive('d'))();
});

test('a lock does not create the directory of a run that was removed', () => {
  const absent = `${directory}/removed`;

  expect(() => acquireSharedLock(absent, 'e', soon())).toThrow('ENOENT');

  expect(existsSync(absent)).toBe(false);
});
