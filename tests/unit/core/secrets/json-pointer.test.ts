import { appendPointer, parsePointer } from '../../../../platform/core/secrets/json-pointer';

test.each([
  [[], ''],
  [['tasks', '2', 'next'], '/tasks/2/next'],
  [['a/b', 'm~n', '~1'], '/a~1b/m~0n/~01'],
  [[''], '/'],
])('the keys %j are the pointer %j', (keys, pointer) => {
  expect(keys.reduce(appendPointer, '')).toBe(pointer);
  expect(parsePointer(pointer)).toEqual(keys);
});
