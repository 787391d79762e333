import type { Json, JsonObject } from '../../../contract/json';
import { evaluateCriteria } from '../../../platform/core/criteria/evaluate-criteria';

const EVENT = { id: 7, trigger: 3, triggerRef: 'demo.hook', created: '2026-01-27T10:00:00.123456Z' };
const evaluate = (conditions: Json, payload: Json) => evaluateCriteria(conditions, { ...EVENT, payload });
const decidedBy = (text: string, payload: JsonObject) => evaluate({ expression: text }, payload).decidedBy;

const NO_ITEM = 'an item is {field, operator, value}';
const NO_OPERATOR = 'the operator is one of equals, not_equals, contains';

test.each<[Json, string]>([
  ['n', NO_ITEM],
  [null, NO_ITEM],
  [{ operator: 'equals', value: 3 }, NO_ITEM],
  [{ field: 3, operator: 'equals', value: 3 }, NO_ITEM],
  [{ field: 'n', operator: 'equals' }, NO_ITEM],
  [{ field: 'n', operator: ['equals'], value: 3 }, NO_OPERATOR],
  [{ field: 'n', value: 3 }, NO_OPERATOR],
])('the item %j is invalid: %s', (item, message) => {
  const expected = { matched: false, decidedBy: JSON.stringify(item), code: 'CRITERIA_INVALID', message };
  expect(evaluate([item], { n: 3 })).toEqual(expected);
});

test('an operator of an item is one of the three', () => {
  const expected = { matched: false, decidedBy: 'n toString 3', code: 'CRITERIA_INVALID', message: NO_OPERATOR };
  expect(evaluate([{ field: 'n', operator: 'toString', value: 3 }], { n: 3 })).toEqual(expected);
});

test('an item names the field that the payload does not have', () => {
  const expected = { matched: false, decidedBy: 'user.gone equals 3', code: null };
  expect(evaluate([{ field: 'user.gone', operator: 'equals', value: 3 }], { user: {} })).toEqual({
    ...expected,
    message: 'the payload has no user.gone',
  });
});

test('items that all match decide together', () => {
  const items = [
    { field: 'n', operator: 'equals', value: 3 },
    { field: 's', operator: 'contains', value: 'x' },
  ];
  expect(evaluate(items, { n: 3, s: 'axb' })).toEqual({
    matched: true,
    decidedBy: 'n equals 3 and s contains "x"',
    code: null,
    message: null,
  });
});

test('a text contains no number', () => {
  expect(evaluate([{ field: 's', operator: 'contains', value: 3 }], { s: 'x3' }).matched).toBe(false);
});

test('criteria of no known form say which forms there are', () => {
  expect(evaluate({ level: 'high' }, {})).toEqual({
    matched: false,
    decidedBy: '{"level":"high"}',
    code: 'CRITERIA_INVALID',
    message: 'criteria are {"expression": "…"} or a list of {field, operator, value}',
  });
});

const PAYLOAD = { a: 1, s: 'or', t: 'and', open: '(', close: ')', bracket: '[', list: [1, 2] };

test.each([
  ['event.payload.s == "or"', 'event.payload.s == "or"'],
  ['event.payload.t == "and" and event.payload.a == 2', 'event.payload.a == 2'],
  ["'(' == event.payload.open and event.payload.a == 2", 'event.payload.a == 2'],
  ["event.payload.close == ')' and event.payload.a == 2", 'event.payload.a == 2'],
  ["event.payload.bracket == '[' and event.payload.a == 2", 'event.payload.a == 2'],
  ["'(' == event.payload.close", "'(' == event.payload.close"],
  ['event.payload.list[0] == 1 and event.payload.a == 2', 'event.payload.a == 2'],
  ['true in [event.payload.a == 1 or false] and event.payload.a == 2', 'event.payload.a == 2'],
  ['true in [event.payload.a == 2 or false]', 'true in [event.payload.a == 2 or false]'],
  ['(event.payload.list[0] == 2) or (event.payload.list[1] == 2)', 'event.payload.list[1] == 2'],
  ['  event.payload.a == 2  ', 'event.payload.a == 2'],
  ['event.payload.gone > 1 or event.payload.a == 1', 'event.payload.gone > 1'],
])('%s is decided by %s', (text, part) => {
  expect(decidedBy(text, PAYLOAD)).toBe(part);
});

test('criteria whose time is over are not evaluated part by part', () => {
  const text = "event.payload.a == 2 or match('(a+)+$', event.payload.long)";
  const payload = { a: 1, long: 'a'.repeat(300_000) };
  expect(evaluate({ expression: text }, payload)).toMatchObject({ decidedBy: text, code: 'CRITERIA_TIMEOUT' });
});

test('an expression has no name but event', () => {
  expect(evaluate({ expression: 'other.id == 7' }, {})).toMatchObject({ matched: false, code: 'CRITERIA_ERROR' });
});
