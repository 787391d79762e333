import { groupsWithin } from '../../e2e/support/composed/groups-within';

const groups = (limit: number, weights: readonly number[]) => groupsWithin(limit, weights, (weight) => weight);

test('all without weight are the first group', () => {
  expect(groups(9, [0, 4, 0])).toStrictEqual([[0, 0], [4]]);
});

test('a group has at most the limit, and another one begins after it', () => {
  expect(groups(9, [4, 5, 1, 8, 1, 1])).toStrictEqual([
    [4, 5],
    [1, 8],
    [1, 1],
  ]);
});

test('a member that is heavier than the limit is a group by itself', () => {
  expect(groups(9, [1, 10, 1])).toStrictEqual([[1], [10], [1]]);
});
