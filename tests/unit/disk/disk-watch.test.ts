import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { artifactsDirectory, goCacheDirectory } from '../../../platform/base/directories';
import { removeTree } from '../../../platform/files/remove-tree';
import { DiskWatch, type DiskWatchOptions } from '../../../platform/worker/disk/disk-watch';
import { testDirectory } from '../../test-directory';

const MIB = 1_024 ** 2;
const GIB = 1_024 ** 3;
const ownProcess = () => [process.pid];
const noProcess = () => [];

let directory: string;
beforeEach(() => (directory = testDirectory()));
afterEach(() => removeTree(directory));

const openWatch = (more: Partial<DiskWatchOptions> = {}) =>
  new DiskWatch({
    directory,
    diskFloorBytes: 0,
    actionDiskBytes: GIB,
    tenantBytes: 0,
    log: pino({ enabled: false }),
    findKept: (_tenant, paths) => Promise.resolve(paths.filter((path) => path.startsWith('kept'))),
    ...more,
  });

function write(path: string, mebibytes: number, tenant = 1): string {
  const file = join(artifactsDirectory({ directory }, { tenant }), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.alloc(mebibytes * MIB, 1));
  return file;
}

/** Counts what is there. */
const countFiles = (watch: DiskWatch, tenant = 1) => watch.of(tenant)(noProcess).end();

const stopOf = ({ limitSignal }: { limitSignal: AbortSignal }) =>
  limitSignal.aborted ? Promise.resolve() : once(limitSignal, 'abort');

test('a program that adds too much is stopped, and its files are removed', async () => {
  const old = write('old', 1);
  await pause(20); // its time of change is before the start
  const watch = openWatch({ actionDiskBytes: 32 * MIB });
  await countFiles(watch);
  const use = watch.of(1)(ownProcess);

  const [big, kept] = [write('deep/er/big', 40), write('kept/version', 40)];
  await stopOf(use);

  expect(await use.end()).toEqual([{ resource: 'disk', limit: 32 * MIB }]);
  expect([old, big, kept].map((file) => existsSync(file))).toEqual([true, false, true]);
});

test('a program that ended before it was counted has reached the limit, too', async () => {
  write('old', 1);
  const watch = openWatch({ actionDiskBytes: 32 * MIB });
  await countFiles(watch);

  const use = watch.of(1)(noProcess);
  write('big', 64);

  expect(await use.end()).toEqual([{ resource: 'disk', limit: 32 * MIB }]);
});

test('writers of a tenant over its sum are stopped, and no one else', async () => {
  const watch = openWatch({ tenantBytes: 32 * MIB });
  await countFiles(watch);
  await countFiles(watch, 2);
  const [writer, reader, other] = [watch.of(1)(ownProcess), watch.of(1)(noProcess), watch.of(2)(ownProcess)];

  write('one', 20);
  write('two', 20);
  write('small', 1, 2);
  await stopOf(writer);

  expect(await writer.end()).toEqual([{ resource: 'tenant-disk', limit: 32 * MIB }]);
  expect([await reader.end(), await other.end()]).toEqual([[], []]);
});

test('below the floor, a program that writes is stopped', async () => {
  const watch = openWatch({ diskFloorBytes: 2 ** 60 });
  await countFiles(watch);
  const [writer, reader] = [watch.of(1)(ownProcess), watch.of(1)(noProcess)];

  write('one', 20);
  await stopOf(writer);

  expect(await writer.end()).toEqual([{ resource: 'free-bytes', limit: 2 ** 60 }]);
  expect(await reader.end()).toEqual([]);
});

test('a large cache of Go is emptied when no program runs', async () => {
  const cache = goCacheDirectory({ directory }, { tenant: 1 });
  mkdirSync(join(cache, 'ff', 'program-d'), { recursive: true });
  writeFileSync(join(cache, 'ff', 'small'), '');
  writeFileSync(join(cache, 'large'), '');
  const watch = openWatch({ goCacheBytes: 4 * MIB });
  writeFileSync(join(cache, 'large'), Buffer.alloc(5 * MIB, 1));
  const [first, second] = [watch.of(1)(noProcess), watch.of(1)(noProcess)];

  await first.end();
  const whileInUse = readdirSync(cache);
  await second.end();

  expect(whileInUse).toEqual(['ff', 'large']);
  // Where Go finds none of its directories and may not make them, it fails.
  expect(readdirSync(cache, { recursive: true })).toEqual(['ff']);
});
