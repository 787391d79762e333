import type { Json } from '../../../contract/json';
import { compareOutput } from '../../../cli/verify/compare-output';

const wrongPaths = (expected: Json, actual: Json) =>
  compareOutput(expected, actual)
    .filter(({ holds }) => !holds)
    .map(({ path }) => path);

it.each<[Json, Json]>([
  [{}, {}],
  [[], []],
  [null, null],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
])('%j is %j', (expected, actual) => {
  expect(wrongPaths(expected, actual)).toEqual([]);
});

it.each<[Json, Json, readonly string[]]>([
  [{ a: 1 }, { a: '1' }, ['/result/a']],
  [{ a: 0 }, { a: null }, ['/result/a']],
  [{ a: [] }, { a: {} }, ['/result/a']],
  [{ a: [] }, { a: [1] }, ['/result/a/0']],
  [{ a: {} }, { a: { b: 1 } }, ['/result/a/b']],
  [{ a: [1, 2] }, { a: [2, 1] }, ['/result/a/0', '/result/a/1']],
  [{ a: null }, {}, ['/result/a']],
  [{ 'a/b': 1, c: 2 }, { 'a/b': 2, d: 2 }, ['/result/a~1b', '/result/c', '/result/d']],
  ['text', 'Text', ['/result']],
])('%j is not %j', (expected, actual, paths) => {
  expect(wrongPaths(expected, actual)).toEqual(paths);
});

test('each value is one assertion, and positions are in their order', () => {
  const list = Array.from({ length: 11 }, (_, index) => index);

  expect(compareOutput({ list }, { list }).map(({ path }) => path)).toEqual(
    list.map((index) => `/result/list/${index}`),
  );
});
