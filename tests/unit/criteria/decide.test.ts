import type { Json } from '../../../contract/json';
import { decide } from '../../../platform/core/criteria/decide';

const EVENT = { id: 7, trigger: 3, triggerRef: 'demo.hook', created: '2026-01-27T10:00:00.123456Z' };
const against = (conditions: Json, payload: Json | undefined = {}) => decide(conditions, { ...EVENT, payload });
const expression = (text: string, payload: Json) => against({ expression: text }, payload);
const matches = (conditions: Json, payload: Json | undefined) => decide(conditions, { ...EVENT, payload }).matched;

test.each([[null], [{}], [[]]])('%j always matches', (conditions) => {
  expect(against(conditions)).toEqual({ matched: true, decidedBy: null, code: null, message: null });
});

test('an event without any payload matches whatever the criteria are, and null is a payload', () => {
  expect(matches({ expression: 'false' }, undefined)).toBe(true);
  expect(matches({ expression: 'event.payload.x == 1' }, null)).toBe(false);
});

test.each([[{ level: 'high' }], ['text'], [true], [3], [{ expression: 7 }]])('%j never matches', (conditions) => {
  expect(against(conditions as Json)).toMatchObject({ matched: false, code: 'CRITERIA_INVALID' });
});

test('an expression sees id, trigger, trigger_ref, payload and created of the event, bare or in braces', () => {
  const text = `event.id == 7 and event.trigger == 3 and event.trigger_ref == 'demo.hook' and event.created == '2026-01-27T10:00:00.123456Z'`;
  expect(expression(text, {}).matched).toBe(true);
  expect(expression(`{{ ${text} }}`, {}).matched).toBe(true);
});

test.each([
  ['an unknown name', 'payload.n > 1', 'CRITERIA_ERROR'],
  ['a missing field', 'event.payload.n > 1', 'CRITERIA_ERROR'],
  ['a wrong type', 'event.payload.s > 1', 'CRITERIA_ERROR'],
  ['no expression', 'event.payload.s ==', 'CRITERIA_INVALID'],
  ['a filter', `event.payload.s | upper == 'X'`, 'CRITERIA_INVALID'],
  ['what is for workflows', 'succeeded()', 'CRITERIA_INVALID'],
  ['a filter inside a call', 'length(event.payload.s | trim) > 0', 'CRITERIA_INVALID'],
])('%s does not match and says why', (_what, text, code) => {
  expect(expression(text, { s: 'x' })).toMatchObject({ matched: false, code, message: expect.any(String) as string });
});

test('a pattern that backtracks elsewhere is cut here', () => {
  const began = performance.now();
  const verdict = expression("match('(a+)+$', event.payload.s)", { s: 'a'.repeat(300_000) });
  expect(performance.now() - began).toBeLessThan(500);
  expect(verdict).toMatchObject({ matched: false, code: 'CRITERIA_TIMEOUT' });
});

describe('the part that decided', () => {
  const payload = { a: 1, b: 2, or: 3 };
  test.each([
    ['event.payload.a == 1 and event.payload.b == 3', 'event.payload.b == 3'],
    ['event.payload.a == 9 or event.payload.b == 2', 'event.payload.b == 2'],
    ['event.payload.a == 1 and event.payload.b == 2', 'event.payload.a == 1 and event.payload.b == 2'],
    [
      'event.payload.a == 9 or (event.payload.b == 2 and event.payload.b == 4)',
      'event.payload.a == 9 or (event.payload.b == 2 and event.payload.b == 4)',
    ],
    ['(event.payload.a == 1 and (event.payload.b == 3))', 'event.payload.b == 3'],
    ['event.payload.a == 1 and not event.payload.b == 2', 'not event.payload.b == 2'],
    ['event.payload.or == 3 and event.payload.a == 2', 'event.payload.a == 2'],
    ["event.payload.a == 1 and 'x and y' == 'z'", "'x and y' == 'z'"],
    ['(event.payload.a) == (event.payload.b)', '(event.payload.a) == (event.payload.b)'],
    ['event.payload.a == 1 and event.payload.c > 1', 'event.payload.c > 1'],
  ])('of %s is %s', (text, part) => {
    expect(expression(text, payload).decidedBy).toBe(part);
  });
});

describe('a list of items', () => {
  const item = (field: string, operator: string, value: Json) => ({ field, operator, value });

  test.each([
    [[item('user.role', 'equals', 'admin')], true],
    [[item('user.role', 'equals', 'admin'), item('n', 'equals', '3')], false],
    [[item('n', 'not_equals', 4)], true],
    [[item('gone', 'not_equals', 4)], false],
    [[item('user.role', 'contains', 'dmi')], true],
    [[item('list', 'contains', 'a')], false],
    [[item('list.0', 'equals', 'a')], false],
    [[item('payload.n', 'equals', 3)], false],
    [[item('n', 'greater', 1)], false],
    [['n'], false],
  ])('%j matches: %s', (conditions, expected) => {
    const payload = { user: { role: 'admin' }, n: 3, list: ['a'] };
    expect(matches(conditions as Json, payload)).toBe(expected);
  });

  test('is decided by the first that does not hold', () => {
    const verdict = against([item('a', 'equals', 1), item('b', 'equals', 2), item('c', 'equals', 3)], { a: 1, b: 0 });
    expect(verdict).toMatchObject({ matched: false, decidedBy: 'b equals 2', code: null });
  });
});
