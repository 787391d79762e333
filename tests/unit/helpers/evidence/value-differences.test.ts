import { valueDifferences } from '../../../../helpers/scenario/evidence/value-differences';

function errorOf(check: () => void): unknown {
  try {
    check();
  } catch (error) {
    return error;
  }
  throw new Error('it passed');
}

const at = (path: string, expected: string, seen: string) => ({ path, expected, seen });

test.each([
  ['a value', () => expect(4).toBe(3), [at('', '3', '4')], 1],
  ['no value', () => expect(undefined).toBe(5), [at('', '5', 'nothing')], 1],
  [
    'members',
    () => expect({ a: { b: [1, 2] }, c: 1 }).toEqual({ a: { b: [1, 3] }, c: 2 }),
    [at('a › b › 1', '3', '2'), at('c', '2', '1')],
    2,
  ],
  ['a longer list', () => expect([1, { id: 2 }]).toEqual([1]), [at('1', 'nothing', '{"id":2}')], 1],
  [
    'a matcher',
    () => expect({ a: 1, b: 2 }).toEqual({ a: expect.any(String) as string, b: 2 }),
    [at('a', 'Any<String>', '1')],
    1,
  ],
  [
    'the first of many',
    () => expect([1, 2, 3, 4]).toEqual([5, 6, 7, 8]),
    [at('0', '5', '1'), at('1', '6', '2'), at('2', '7', '3')],
    4,
  ],
])('the differences of %s', (_, check, shown, count) => {
  expect(valueDifferences(errorOf(check))).toEqual({ shown, count });
});

test('values that contain themselves are compared once', () => {
  const [expected, seen] = [
    { a: 1, self: {} },
    { a: 2, self: {} },
  ];
  expected.self = expected;
  seen.self = seen;

  expect(valueDifferences(errorOf(() => expect(seen).toEqual(expected)))).toEqual({
    shown: [at('a', '1', '2')],
    count: 1,
  });
});

test.each([
  [
    'another error',
    () => {
      throw new Error('no');
    },
  ],
  ['an equal value that must differ', () => expect(3).not.toBe(3)],
  ['a part', () => expect({ a: 1 }).toMatchObject({ a: 3 })],
  ['a bound', () => expect(3).toBeGreaterThan(4)],
])('%s has no difference', (_, check) => {
  expect(valueDifferences(errorOf(check))).toBeNull();
});
