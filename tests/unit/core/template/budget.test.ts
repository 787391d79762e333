/**
 * @jest-environment <rootDir>/tests/unit/core/environment.js
 */
import type { Json } from '../../../../contract/json';
import { comparableMs } from '../../processor-time';
import { plainNode } from '../plain-node';
import { testScope } from './test-scope';

const { evaluate, evaluateCondition, lint, render, templateErrorText } = plainNode;

const numbers = Array.from({ length: 150_000 }, (_, at) => (at * 7_919) % 150_001);
const objects = numbers.slice(0, 40_000).map((id) => ({ id, name: `n${id}` }));
const wide = Object.fromEntries(numbers.map((number) => [`k${number}`, number]));
const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as Json;
const scope = testScope({
  numbers,
  objects,
  wide,
  deep,
  half: 'x'.repeat(600_000),
  big: 'x'.repeat(1_000_000),
  hurt: `${'a'.repeat(100_000)}!`,
  alike: 'a'.repeat(1_000_000),
  middle: `${'a'.repeat(100)}b${'a'.repeat(200_000)}`,
  texts: numbers.map((number) => `key-${number}`),
});
const repeat = (part: string, times: number) => `[${Array<string>(times).fill(part).join(', ')}]`;

const LIMIT_MS = 100;

/** What an evaluation throws, and its processor time in ms of an idle processor. */
function timed(evaluation: () => unknown): { readonly fault: string; readonly ms: number } {
  let fault = '';
  const ms = comparableMs(() => (fault = templateErrorText(evaluation)), LIMIT_MS);
  return { fault, ms };
}

/** Rows with a title of readable length. */
const titled = (rows: [string, string][]) =>
  rows.map(([expression, expected]): [string, string, string] => [expression.slice(0, 60), expression, expected]);

describe('TP-02 excessive work ends within 100 ms', () => {
  test.each(
    titled([
      ['range(1000000000)', 'TEMPLATE_LIMIT@1'],
      ['range(1000000)', 'TEMPLATE_TIMEOUT@1'],
      ['flat(flat(chunks(chunks(range(200000), 1), 1)))', 'TEMPLATE_TIMEOUT@25'],
      [repeat('length(range(40000))', 300), 'TEMPLATE_TIMEOUT'],
      ['sort(numbers)', 'TEMPLATE_TIMEOUT@1'],
      ['sort(texts)', 'TEMPLATE_TIMEOUT@1'],
      ['unique(numbers)', 'TEMPLATE_TIMEOUT@1'],
      ['unique(objects)', 'TEMPLATE_TIMEOUT@1'],
      ['zip(numbers, numbers)', 'TEMPLATE_TIMEOUT@1'],
      ['merge(wide, wide)', 'TEMPLATE_TIMEOUT@1'],
      ['keys(wide)', 'TEMPLATE_TIMEOUT@1'],
      ['wide', 'TEMPLATE_'],
      [repeat('wide == wide', 900), 'TEMPLATE_TIMEOUT'],
      [repeat('count(big, "yy")', 500), 'TEMPLATE_TIMEOUT'],
      [repeat('big[-1]', 500), 'TEMPLATE_TIMEOUT@'],
      ['join(numbers, half)', 'TEMPLATE_LIMIT@1'],
      ['half + half', 'TEMPLATE_LIMIT@6'],
      ['replace(half, "x", "xx")', 'TEMPLATE_TIMEOUT@1'],
      ['replace(big, "", "xx")', 'TEMPLATE_'],
      [`"a"${' | upper'.repeat(1_500)} + big + big`, 'TEMPLATE_LIMIT'],
      [`big${' | upper'.repeat(1_500)}`, 'TEMPLATE_LIMIT'],
      [repeat('numbers', 300), 'TEMPLATE_LIMIT@1'],
      ['match("(a+)+$", hurt)', 'TEMPLATE_TIMEOUT@1'],
      ['match("(.*a.*){30}$", hurt)', 'TEMPLATE_TIMEOUT@1'],
      [`match("${'a{1000}'.repeat(100)}", "a")`, 'TEMPLATE_TIMEOUT@1'],
      ['match("((a{100}){100}){100}", "a")', 'TEMPLATE_ARGUMENTS@1 Regex error: '],
      [`match("${'('.repeat(5_000)}${')'.repeat(5_000)}", "a")`, 'TEMPLATE_ARGUMENTS@1 Regex error: '],
      ['deep', 'TEMPLATE_LIMIT@1'],
      ['deep == deep', 'TEMPLATE_LIMIT@6'],
      ['deep < deep', 'TEMPLATE_LIMIT@6'],
      ['string(deep)', 'TEMPLATE_LIMIT@1'],
      ['unique([deep])', 'TEMPLATE_LIMIT@1'],
      ['("[" + "[") | fromjson', 'TEMPLATE_TYPE'],
      [`"${'['.repeat(5_000)}${']'.repeat(5_000)}" | fromjson`, 'TEMPLATE_LIMIT'],
      ['('.repeat(10_000) + '1' + ')'.repeat(10_000), 'TEMPLATE_LIMIT@1'],
      ['('.repeat(8_000), 'TEMPLATE_LIMIT@66'],
      ['['.repeat(16_000), 'TEMPLATE_LIMIT@66'],
      ['-'.repeat(16_000), 'TEMPLATE_LIMIT@66'],
      ['not '.repeat(4_000), 'TEMPLATE_LIMIT@261'],
      ['f('.repeat(5_000), 'TEMPLATE_LIMIT'],
      ['a['.repeat(5_000), 'TEMPLATE_LIMIT'],
      ['1 | default('.repeat(1_000), 'TEMPLATE_LIMIT'],
      ['1, '.repeat(100_000), 'TEMPLATE_LIMIT@1'],
      [`numbers${'[0]'.repeat(5_000)}`, 'TEMPLATE_TYPE@11'],
      [`o${'.a'.repeat(8_000)}`, 'TEMPLATE_NAME@1'],
    ]),
  )('%s', (_, expression, expected) => {
    const { fault, ms } = timed(() => evaluate(expression, scope));
    expect(fault.slice(0, expected.length)).toBe(expected);
    expect(ms).toBeLessThan(LIMIT_MS);
  });

  test('a thousand tests of one large object are cheap', () => {
    for (const part of ['length(wide)', 'not wide', 'wide.q | default(1)', '"q" in wide']) {
      const { fault, ms } = timed(() => evaluate(repeat(part, 700), scope));
      expect(fault).toMatch(/^no fault/);
      expect(ms).toBeLessThan(LIMIT_MS);
    }
  });
});

test.each(['middle in alike', 'index_of(alike, middle)', 'count(alike, middle)', 'length(split(alike, middle))'])(
  'a search for an adversarial text is linear: %s',
  (expression) => {
    const { fault, ms } = timed(() => evaluate(expression, scope));
    expect(fault).toMatch(/^no fault: (?:false|-1|0|1)$/);
    expect(ms).toBeLessThan(LIMIT_MS);
  },
);

test('a number of a million digits is rejected in linear time', () => {
  const { fault, ms } = timed(() => evaluate('number(digits)', testScope({ digits: `${'1'.repeat(1_000_000)}x` })));
  expect(fault).toMatch(/^TEMPLATE_TYPE/);
  expect(ms).toBeLessThan(LIMIT_MS);
});

test('many small templates spend the budget', () => {
  const { fault, ms } = timed(() => render('{{ 1 }}'.repeat(200_000), scope));
  expect(fault).toMatch(/^TEMPLATE_TIMEOUT/);
  expect(ms).toBeLessThan(LIMIT_MS);
});

test('linting reports the first twenty faults', () => {
  const { ms } = timed(() => {
    expect(lint('{{ x }}'.repeat(100_000), { names: new Set() })).toHaveLength(20);
    expect(lint('{% if %}'.repeat(100_000), { names: new Set() })).toHaveLength(20);
  });
  expect(ms).toBeLessThan(LIMIT_MS);
});

describe('output', () => {
  test('TP-03 a variable that doubles itself stops at 1 MiB', () => {
    let doubled: Json = 'ab';
    const steps = Array.from({ length: 40 }, () =>
      templateErrorText(() => (doubled = render('{{ v + v }}', testScope({ v: doubled })))),
    );
    expect(steps.findIndex((fault) => fault.startsWith('TEMPLATE_LIMIT'))).toBe(18);
    expect(doubled).toHaveLength(2 ** 19);
  });

  test('TP-03 a list that doubles itself stops too', () => {
    let nested: Json = ['ab'];
    const double = () => (nested = evaluate('[v, v]', testScope({ v: nested })));
    const steps = Array.from({ length: 40 }, () => templateErrorText(double));
    expect(steps.find((fault) => fault.startsWith('TEMPLATE_'))).toMatch(/^TEMPLATE_LIMIT/);
    expect(JSON.stringify(nested).length).toBeLessThan(1_048_576);
  });

  test('a value of 1 MiB is accepted, one character more is not', () => {
    const text = (length: number) => testScope({ text: 'x'.repeat(length) });
    expect(evaluate('text', text(1_048_574))).toHaveLength(1_048_574);
    expect(templateErrorText(() => evaluate('text', text(1_048_575)))).toMatch(/^TEMPLATE_LIMIT/);
  });
});

describe('ordinary work is within the limits', () => {
  const items = objects.slice(0, 10_000);
  test.each([
    ['length(unique(items)) == 10000', true],
    ['length(range(100000)) == 100000', true],
    ['sum(sort(slice(numbers, 0, 10000))) > 0', true],
    ['match("(?i)error [0-9]{3}", log)', true],
    ['"error" in output', true],
    ['length(output) == 10000000', true],
  ])('%s', (expression, expected) => {
    const log = `${'x'.repeat(10_000)} Error 503`;
    expect(
      evaluateCondition(expression, testScope({ items, numbers, log, output: `error${'x'.repeat(9_999_995)}` })),
    ).toBe(expected);
  });
});
