import { composeCase } from '../../e2e/support/model/compose';
import { composeTree } from '../../e2e/support/model/compose-tree';
import { expectationOf } from '../../e2e/support/model/expect-case';
import { otherSchedules } from '../../e2e/support/model/schedules';
import { allPairs, coveringSet, pairsOf, possibleFeatures } from '../../e2e/support/model/pairs';
import { isPossible, RULES } from '../../e2e/support/model/features';
import { NAMES } from './case-names';

/** The pairs that no definition can have, or that have no effect together. */
const IMPOSSIBLE = [
  'work response, retry second attempt',
  'work response, retry exhausted',
  'work expiry, retry unused',
  'work expiry, retry second attempt',
  'work default response, retry second attempt',
  'work default response, retry exhausted',
  'work open inquiry, retry second attempt',
  'work open inquiry, retry exhausted',
  'work response, limit exceeded',
  'work open inquiry, limit exceeded',
  'work open inquiry, result direct',
  'work open inquiry, result published',
  'work open inquiry, failure unhandled',
  'work open inquiry, failure handled',
  'work process, whole of called',
  'work response, whole of called',
  'work expiry, whole of called',
  'work default response, whole of called',
  'work open inquiry, whole of called',
  'work open inquiry, pause none',
  'work open inquiry, pause until resume',
  'work workflow, placement met',
  'work workflow, placement unmet',
  'work response, placement met',
  'work response, placement unmet',
  'work expiry, placement met',
  'work expiry, placement unmet',
  'work default response, placement met',
  'work default response, placement unmet',
  'work open inquiry, placement met',
  'work open inquiry, placement unmet',
  'items none, batches of two',
  'items empty list, batches of two',
  'items none, concurrency two',
  'items empty list, concurrency two',
  'retry unused, whole of called',
  'retry second attempt, whole of called',
  'retry unused, placement unmet',
  'retry second attempt, placement unmet',
  'limit within, whole of called',
  'limit exceeded, whole of called',
  'limit exceeded, placement unmet',
  'cancellation allow_finish, whole exceeded',
  'cancellation allow_finish, whole of called',
  'cancellation cancel_running, whole exceeded',
  'cancellation cancel_running, whole of called',
  'whole of called, placement met',
  'whole of called, placement unmet',
];

const selected = coveringSet();
const possible = possibleFeatures();

test('every pair of features that is possible occurs in a definition', () => {
  const covered = new Set(selected.flatMap(pairsOf));

  expect(allPairs().filter((pair) => !covered.has(pair))).toEqual(IMPOSSIBLE);
  expect(covered.size).toBe(allPairs().length - IMPOSSIBLE.length);
});

test('every definition of the set is possible, and no two are the same', () => {
  expect(selected.filter((features) => !isPossible(features))).toEqual([]);
  expect(new Set(selected.map((features) => JSON.stringify(features))).size).toBe(selected.length);
});

test('the set is the same each time', () => expect(coveringSet()).toEqual(selected));

test.each(Object.entries(RULES))('a definition violates none but: %s', (_, excludes) => {
  expect(possible.filter(excludes)).toEqual([]);
});

const cases = [
  ...selected.map((features) => [JSON.stringify(Object.values(features)), composeCase(features, NAMES)] as const),
  ['a tree', composeTree({ root: 'cancel_running', below: 'allow_finish' }, NAMES)] as const,
];

test.each(cases)('what is expected does not depend on what happens first: %s', (_, modelCase) => {
  const expected = expectationOf(modelCase);

  for (const schedule of otherSchedules()) expect(expectationOf(modelCase, schedule)).toEqual(expected);
});
