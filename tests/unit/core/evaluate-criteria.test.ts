import type { Json } from '../../../contract/json';
import { evaluateCriteria } from '../../../platform/core/criteria/evaluate-criteria';
import { comparableMs } from '../processor-time';

/** Of processor time, for all the steps that one expression may take. */
const LIMIT_MS = 500;
/** Of processor time, for a whole list of items. */
const ITEMS_LIMIT_MS = 200;

const EVENT = { id: 7, triggerRef: 'demo.hook', created: '2026-01-27T10:00:00.123456Z' };
const evaluate = (conditions: Json, payload: Json | undefined = {}) =>
  evaluateCriteria(conditions, { ...EVENT, payload });
const expression = (text: string, payload: Json) => evaluate({ expression: text }, payload);
const matches = (conditions: Json, payload: Json | undefined) =>
  evaluateCriteria(conditions, { ...EVENT, payload }).matched;

test.each([[null], [{}], [[]]])('%j always matches', (conditions) => {
  expect(evaluate(conditions)).toEqual({ matched: true, decidedBy: null, code: null, message: null });
});

test('an event without a payload matches any criteria', () => {
  expect(matches({ expression: 'false' }, undefined)).toBe(true);
  expect(matches({ expression: 'event.payload.x == 1' }, null)).toBe(false);
});

test.each([[{ level: 'high' }], ['text'], [true], [3], [{ expression: 7 }]])('%j never matches', (conditions) => {
  expect(evaluate(conditions as Json)).toMatchObject({ matched: false, code: 'CRITERIA_INVALID' });
});

test("an expression reads the event's fields, bare or in braces", () => {
  const text = `event.id == 7 and event.trigger == 'demo.hook' and event.trigger_ref == 'demo.hook' and event.created == '2026-01-27T10:00:00.123456Z'`;
  expect(expression(text, {}).matched).toBe(true);
  expect(expression(`{{ ${text} }}`, {}).matched).toBe(true);
});

test.each([
  ['an unknown name', 'payload.n > 1', 'CRITERIA_ERROR'],
  ['a missing field', 'event.payload.n > 1', 'CRITERIA_ERROR'],
  ['a wrong type', 'event.payload.s > 1', 'CRITERIA_ERROR'],
  ['an invalid expression', 'event.payload.s ==', 'CRITERIA_INVALID'],
  ['a function of workflows', 'succeeded()', 'CRITERIA_INVALID'],
])('%s does not match and has a code', (_what, text, code) => {
  expect(expression(text, { s: 'x' })).toMatchObject({ matched: false, code, message: expect.any(String) as string });
});

test.each([
  ["event.payload.s | upper == 'X'", true],
  ['length(event.payload.s | trim) > 1', false],
  ['event.payload.gone | default(0) == 0', true],
  ["event.payload['x-y'][0].id == 1", true],
])('%s matches: %s', (text, expected) => {
  expect(expression(text, { s: 'x', 'x-y': [{ id: 1 }] })).toMatchObject({ matched: expected, code: null });
});

test('IN-07 a catastrophic pattern ends with CRITERIA_TIMEOUT', () => {
  const result = () => expression("match('(a+)+$', event.payload.s)", { s: 'a'.repeat(300_000) });
  expect(result()).toMatchObject({ matched: false, code: 'CRITERIA_TIMEOUT' });
  expect(comparableMs(result, LIMIT_MS)).toBeLessThan(LIMIT_MS);
});

describe('the deciding part', () => {
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
    ["event.payload.a == '.' or event.payload.b == 2", 'event.payload.b == 2'],
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

  test('is decided by the first item that does not match', () => {
    const result = evaluate([item('a', 'equals', 1), item('b', 'equals', 2), item('c', 'equals', 3)], { a: 1, b: 0 });
    expect(result).toMatchObject({ matched: false, decidedBy: 'b equals 2', code: null });
  });

  const wide = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`k${n}`, n]));
  const alike = 'a'.repeat(900_000);

  test.each([
    ['a text that nearly matches everywhere', [item('alike', 'contains', `${'a'.repeat(4_000)}b${'a'.repeat(4_000)}`)]],
    ['an object of many keys, a hundred times', Array.from({ length: 100 }, () => item('wide', 'not_equals', {}))],
  ])('TP-02 takes little time: %s', (_, conditions) => {
    const evaluation = () => evaluate(conditions, { wide, alike });

    expect(evaluation()).toMatchObject({ matched: conditions.length > 1, code: null });
    expect(comparableMs(evaluation, ITEMS_LIMIT_MS)).toBeLessThan(ITEMS_LIMIT_MS);
  });

  test('TP-02 has one budget', () => {
    const list = Array.from({ length: 60_000 }, (_, n) => n);
    const conditions = Array.from({ length: 20 }, () => item('list', 'equals', list));

    expect(evaluate(conditions.slice(0, 10), { list })).toMatchObject({ matched: true, code: null });
    expect(evaluate(conditions, { list })).toMatchObject({ matched: false, code: 'CRITERIA_TIMEOUT' });
  });
});
