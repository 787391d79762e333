import { DiskFloor, floorBytes, shortageOf } from '../../../platform/disk/disk-floor';
import { readDiskSpace, type DiskSpace } from '../../../platform/disk/disk-space';

const GIB = 1_024 ** 3;
const MIB = 1_024 ** 2;
const space = (more: Partial<DiskSpace>): DiskSpace => ({
  freeBytes: 8 * GIB,
  totalBytes: 16 * GIB,
  freeFiles: 1_000_000,
  totalFiles: 2_000_000,
  ...more,
});

test.each([
  ['a tenth of a small file system', 900 * MIB, null, 90 * MIB],
  ['512 MiB of a large one', 1_024 * GIB, null, 512 * MIB],
  ['the setting, whatever the size', 900 * MIB, 3 * GIB, 3 * GIB],
])('the floor is %s', (_what, totalBytes, setting, floor) => {
  expect(floorBytes(space({ totalBytes }), setting)).toBe(floor);
});

test.each<[string, Partial<DiskSpace>, number | null, ReturnType<typeof shortageOf>]>([
  ['the floor is free', { freeBytes: GIB }, GIB, null],
  ['one byte less is free', { freeBytes: GIB - 1 }, GIB, { resource: 'bytes', free: GIB - 1, floor: GIB }],
  ['few files are free', { freeFiles: 19_999 }, null, { resource: 'files', free: 19_999, floor: 20_000 }],
  ['the file system counts no files', { freeFiles: 0, totalFiles: 0 }, null, null],
  ['there is no floor', { freeBytes: 0, freeFiles: 0 }, 0, null],
])('the shortage where %s', (_what, more, setting, shortage) => {
  expect(shortageOf(space(more), setting)).toEqual(shortage);
});

const SETTINGS = { directory: '/data', diskFloorBytes: GIB };

test('requests at the same time share one measurement', async () => {
  const read = jest.fn(() => Promise.resolve(space({ freeBytes: 1 })));
  const floor = new DiskFloor(SETTINGS, read);

  const shortages = await Promise.all([floor.shortage(), floor.shortage(), floor.shortage()]);

  expect(shortages.map((shortage) => shortage?.free)).toEqual([1, 1, 1]);
  expect(read.mock.calls).toEqual([['/data']]);
});

test('a file system that does not answer is as it was before', async () => {
  const read = jest
    .fn()
    .mockResolvedValueOnce(space({ freeBytes: 1 }))
    .mockReturnValue(new Promise(() => undefined));
  const floor = new DiskFloor(SETTINGS, read);
  const before = await floor.shortage();

  const whileSilent = await Promise.all([floor.shortage(), floor.shortage()]);

  expect(whileSilent).toEqual([before, before]);
  expect(read.mock.calls).toHaveLength(2);
});

test('one that cannot be measured is not short of space', async () => {
  const floor = new DiskFloor(SETTINGS, () => Promise.reject(new Error('EIO')));

  expect(await floor.shortage()).toBeNull();
});

test('a directory that does not exist yet is measured by its parent', async () => {
  const { totalBytes } = await readDiskSpace('/proc/self/none/of/it');

  expect(totalBytes).toBe((await readDiskSpace('/proc/self')).totalBytes);
});
