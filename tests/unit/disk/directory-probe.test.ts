import { readdirSync } from 'node:fs';
import { openDirectoryProbe, writeProbe } from '../../../platform/disk/directory-probe';
import { testDirectory } from '../../test-directory';

const LIMIT_MS = 20;

test('a write that succeeds leaves nothing behind', async () => {
  const directory = testDirectory();
  const probe = openDirectoryProbe(() => writeProbe(directory, 'one'), 60_000);

  expect([await probe.failure(), await probe.failure()]).toEqual([null, null]);
  expect(readdirSync(directory)).toEqual([]);
});

test('a write that fails is named by its error', async () => {
  const probe = openDirectoryProbe(() => writeProbe('/dev/null/none', 'one'), 60_000);

  expect(await probe.failure()).toBe('ENOTDIR');
});

test('a write that hangs is reported, and is the only one', async () => {
  const write = jest.fn(() => new Promise<void>(() => undefined));
  const probe = openDirectoryProbe(write, LIMIT_MS);

  const failures = [...(await Promise.all([probe.failure(), probe.failure()])), await probe.failure()];

  expect(failures).toEqual(['NO_ANSWER', 'NO_ANSWER', 'NO_ANSWER']);
  expect(write.mock.calls).toHaveLength(1);
});
