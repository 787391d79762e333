import { shareGrowth } from '../../../platform/worker/disk/share-growth';

const writers = (...bytes: number[]) => bytes.map((writtenBytes) => ({ writtenBytes }));

test.each<[string, number, number[], number, number[]]>([
  ['what each wrote, where that explains it', 40, [30, 10], -1, [30, 10]],
  ['in proportion, where they wrote more than is kept', 20, [30, 10], -1, [15, 5]],
  ['none, where none of them wrote', 100, [0, 0], -1, [0, 0]],
  ['the one that has ended, beyond what the others wrote', 100, [30, 0], 1, [30, 70]],
  ['less, where files were removed', -40, [30, 10], 0, [-20, -20]],
])('a growth is of %s', (_what, growth, written, unexplainedOf, shares) => {
  expect(shareGrowth(growth, writers(...written), unexplainedOf)).toEqual(shares);
});
