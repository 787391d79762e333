import { parseShard } from '../../../cli/detection/parse-shard';
import { FAULTS } from '../../../tools/detection/catalogue/catalogue';
import { shardOf } from '../../../tools/detection/shard';

const shards = (count: number, cost: (fault: { id: string }) => number) =>
  Array.from({ length: count }, (_, n) => shardOf(FAULTS, { index: n + 1, count }, cost));

test('the shards together have every fault once, in its order', () => {
  expect(shards(31, () => 1).flat()).toEqual(FAULTS);
  expect(shards(1, () => 1)).toEqual([FAULTS]);
});

test('the shards have about equal costs', () => {
  const cost = ({ id }: { id: string }): number => (id.startsWith('S') ? 1 : 3);
  const costs = shards(31, cost).map((faults) => faults.reduce((sum, fault) => sum + cost(fault), 0));

  expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(6);
});

test('more shards than items leave shards empty', () => {
  expect([1, 2, 3].map((index) => shardOf(['a', 'b'], { index, count: 3 }, () => 1))).toEqual([['a'], [], ['b']]);
});

test.each(['0/3', '4/3', '3', '1/0', 'a/b'])('%s is no shard', (text) => {
  expect(() => parseShard(text)).toThrow('Use the number of the shard and their count: 3/31.');
});
