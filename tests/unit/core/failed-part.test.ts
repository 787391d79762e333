import { failedPart } from '../../../platform/core/criteria/failed-part';

const EVENT = {
  id: 7,
  triggerRef: 'p.hook',
  payload: { branch: 'dev', count: 2, list: ['a'], nested: { key: null } },
  created: '2026-01-27T10:00:00Z',
};

test.each([
  ['event.payload.branch == "main"', 'event.payload.branch', '==', 'main', 'dev'],
  ['"main" == event.payload.branch', 'event.payload.branch', '==', 'main', 'dev'],
  ['event.payload.count > 2 + 1', 'event.payload.count', '>', 3, 2],
  ['3 < event.payload.count', 'event.payload.count', '>', 3, 2],
  ['"b" in event.payload.list', '"b"', 'in', ['a'], 'b'],
  ['event.payload.nested.key', 'event.payload.nested.key', 'is true', true, null],
  ['event.payload.list | length >= 2', 'event.payload.list | length', '>=', 2, 1],
  ['branch equals "main"', 'event.payload.branch', 'equals', 'main', 'dev'],
  ['nested.key equals 1', 'event.payload.nested.key', 'equals', 1, null],
])('the part %s has the value that was seen', (part, path, operator, expected, actual) => {
  expect(failedPart(part, EVENT)).toEqual({ path, operator, expected, actual, problem: null });
});

test.each([
  ['missing equals "x"', 'the payload has no missing'],
  ['event.payload.missing == "x"', expect.stringContaining('missing')],
])('the part %s has why there is no value', (part, problem) => {
  expect(failedPart(part, EVENT)).toMatchObject({ actual: null, problem });
});

test.each(['event.payload.branch == "mai…', 'not criteria at all', '{"a":1} x'])('%s cannot be read', (part) => {
  expect(failedPart(part, EVENT)).toBeNull();
});
