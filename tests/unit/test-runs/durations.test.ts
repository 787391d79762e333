import { fc } from '../../seeded-properties';
import { longestFirst, secondsByFile, shardOf, updateDurations } from '../../../helpers/jest/durations';

const MEASURED = {
  'tests/unit/api/a.test.ts': 1,
  'tests/unit/api/b.test.ts': 3,
  'tests/unit/api/c.test.ts': 9,
  'tests/unit/words/d.test.ts': 20,
};

test('a file that was not measured takes the median of its folder', () => {
  const seconds = secondsByFile(MEASURED);

  expect(seconds('tests/unit/api/c.test.ts')).toBe(9);
  expect(seconds('tests/unit/api/new.test.ts')).toBe(3);
});

test('a file of a new folder takes the median of the nearest folder above', () => {
  expect(secondsByFile(MEASURED)('tests/unit/new/deep/e.test.ts')).toBe(9);
  expect(secondsByFile({})('tests/unit/new/e.test.ts')).toBe(1);
});

test('the longest file runs first, and equal ones in the order of their paths', () => {
  const seconds = secondsByFile({ ...MEASURED, 'tests/unit/api/0.test.ts': 9 });

  expect(longestFirst([...Object.keys(MEASURED), 'tests/unit/api/0.test.ts'], seconds)).toEqual([
    'tests/unit/words/d.test.ts',
    'tests/unit/api/0.test.ts',
    'tests/unit/api/c.test.ts',
    'tests/unit/api/b.test.ts',
    'tests/unit/api/a.test.ts',
  ]);
});

test('shards take about as long, and not about as many files', () => {
  const files = ['long', 'a', 'b', 'c', 'd', 'e'];
  const seconds = (file: string) => (file === 'long' ? 50 : 10);

  expect(shardOf(files, seconds, { index: 1, count: 2 })).toEqual(['long']);
  expect(shardOf(files, seconds, { index: 2, count: 2 })).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('every file is in one shard, whatever the order in which the files come', () => {
  const durations = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 });
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 6 }), (times, count) => {
      const files = times.map((_, n) => `file-${n}`);
      const seconds = (file: string) => times[files.indexOf(file)]!;
      const shards = (order: string[]) =>
        Array.from({ length: count }, (_, n) => shardOf(order, seconds, { index: n + 1, count }));

      expect(shards(files).flat().sort()).toEqual([...files].sort());
      expect(shards([...files].reverse())).toEqual(shards(files));
      const sums = shards(files).map((shard) => shard.reduce((sum, file) => sum + seconds(file), 0));
      expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(0, ...times));
    }),
  );
});

test('the table changes where a time differs by a quarter', () => {
  const table = { 'gone.test.ts': 4, 'other.test.ts': 7, 'same.test.ts': 2, 'slower.test.ts': 2 };
  const measured = { 'new.test.ts': 0.01, 'same.test.ts': 2.44, 'slower.test.ts': 2.61 };

  expect(updateDurations(table, measured, (file) => file !== 'gone.test.ts')).toEqual({
    'new.test.ts': 0.1,
    'other.test.ts': 7,
    'same.test.ts': 2,
    'slower.test.ts': 2.6,
  });
});
