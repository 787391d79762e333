import { evaluate } from '../../../../platform/core/template/evaluate';
import { FILTERS } from '../../../../platform/core/template/filters';
import { templateErrorText, testScope } from './test-scope';

const scope = testScope({ o: { a: null, b: { c: 1 } }, list: [3, 1, 3], s: 'text' });
const value = (expression: string) => evaluate(expression, scope);

describe('filters', () => {
  test.each([
    ['missing | default(1)', 1],
    ['o.missing.deeper[0].still | default("x")', 'x'],
    ['o.a | default(2)', 2],
    ['o.a.beyond | default(2)', 2],
    ['list[9] | default(0)', 0],
    ['result().x | default(0)', 0],
    ['(o.missing) | default(1)', 1],
    ['o.b.c | default(9)', 1],
    ['false | default(true)', false],
    ['"" | default("x")', ''],
    ['missing | default(nope | default(3))', 3],
    ['missing | default([4])[0]', 4],
    ['1 + missing | default(1)', 2],
    ['o["constructor"] | default("none")', 'none'],
    ['[1, "a"] | tojson', '[1,"a"]'],
    ['"a" | tojson', '"a"'],
    ['null | tojson', 'null'],
    ['\'{"a": [1, 2]}\' | fromjson', { a: [1, 2] }],
    ['(\'{"a": [1, 2]}\' | fromjson).a[1]', 2],
    ['"ab" | upper', 'AB'],
    ['"AB" | lower', 'ab'],
    ['" a " | trim', 'a'],
    ['" a " | trim | upper', 'A'],
    ['"a" + "b" | upper', 'aB'],
    ['-"2.5" | float', -2.5],
    ['list | length', 3],
    ['list | join("-")', '3-1-3'],
    ['list | first', 3],
    ['list | last', 3],
    ['s | last', 't'],
    ['[] | first', null],
    ['[] | first | default("none")', 'none'],
    ['1.005 | round(2)', 1.01],
    ['-2.5 | round', -3],
    ['1234.5 | round(-2)', 1200],
    ['"7.9" | int', 7],
    ['"7.9" | float', 7.9],
    ['list | sort', [1, 3, 3]],
    ['list | unique', [3, 1]],
    ['list | unique | sort | last', 3],
  ])('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  test.each([
    ['s | uper', "TEMPLATE_NAME@5 Unknown filter: uper. Did you mean 'upper'?"],
    [
      's | replace("a", "b")',
      `TEMPLATE_NAME@5 Unknown filter: replace. The filters are ${Object.keys(FILTERS).join(', ')}`,
    ],
    ['s | default', 'TEMPLATE_ARGUMENTS@5 Wrong number of arguments for default: expected 1, got 0'],
    ['s | upper(1)', 'TEMPLATE_ARGUMENTS@5 Wrong number of arguments for upper: expected 0, got 1'],
    ['1 | round(1, 2)', 'TEMPLATE_ARGUMENTS@5 Wrong number of arguments for round: expected 0 or 1, got 2'],
    ['1 | round(99)', 'TEMPLATE_TYPE@5 round: argument 2 must be an integer from -15 to 15, not this number'],
    ['s | fromjson', 'TEMPLATE_TYPE@5 fromjson: the string is not JSON'],
    [
      `'["a\\\\u0000"]' | fromjson`,
      'TEMPLATE_TYPE@18 fromjson: the string has a NUL character, which cannot be stored',
    ],
    [
      `'{"a\\\\ud800": 1}' | fromjson`,
      'TEMPLATE_TYPE@21 fromjson: the string has half a surrogate pair, which cannot be stored',
    ],
    ['"1e999" | fromjson', 'TEMPLATE_TYPE@11 the number is too large: the largest is about 1.8e308'],
    ['missing | upper', 'TEMPLATE_NAME@1 Variable not found: missing'],
    ['missing | upper | default("x")', 'TEMPLATE_NAME@1 Variable not found: missing'],
    ['(missing + 1) | default("x")', 'TEMPLATE_NAME@2 Variable not found: missing'],
    ['o.b.c.d | default(1)', 'TEMPLATE_TYPE@7 o.b.c.d: number has no members'],
    ['s | ', 'TEMPLATE_SYNTAX@5 the name of a filter must follow `|`'],
  ])('%s is rejected', (expression, expected) => {
    expect(templateErrorText(() => value(expression))).toBe(expected);
  });
});
