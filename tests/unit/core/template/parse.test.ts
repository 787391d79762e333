import { evaluate } from '../../../../platform/core/template/evaluate';
import { parse } from '../../../../platform/core/template/parse';
import { templateErrorText, testScope } from './test-scope';

describe('literals', () => {
  test.each([
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9007199254740993', 9007199254740993n],
    ['9007199254740991', 9007199254740991],
    ['0.1', 0.1],
    ['007', 7],
    ["'it\\'s'", "it's"],
    ["'a\\n\\t\\r\\\\b'", 'a\n\t\r\\b'],
    ["'\\d\\\"'", '\\d\\"'],
    ["'\\u0041'", '\\u0041'],
    ['[1, [true, null,],]', [1, [true, null]]],
    ['[]', []],
    ['\t1\n', 1],
  ])('%s', (source, expected) => {
    expect(evaluate(source, testScope())).toEqual(expected);
  });
});

describe('syntax errors suggest a correction', () => {
  test.each([
    ['', '1 an expression is missing: write a value, like `parameters.x`'],
    ['a && b', '3 `&&` does not exist: use `and`'],
    ['a || b', '3 `||` does not exist: use `or`, or the filter `default(…)`'],
    ['!a', '1 `!` does not exist: use `not`'],
    ['a = b', '3 there is no assignment: to compare use `==`'],
    ['a === b', '3 `===` does not exist: use `==`, which never converts'],
    ['a ? b : c', '3 there is no `? :`: use two transitions with `when`'],
    ['a ?? b', '3 `??` does not exist: use the filter `default(…)`'],
    ['a if b else c', '3 there is no inline `if`: use two transitions with `when`'],
    ['a not in b', '3 `not in` does not exist: write `not (a in b)`'],
    ['a is null', '3 `is` does not exist: use `==`, or `type_of(x)`'],
    ['a ~ b', '3 `~` does not exist: join strings with `+`'],
    ['a ** 2', '3 `**` does not exist: multiply with `*`'],
    ['a // 2', '3 `//` does not exist: use `floor(a / b)`'],
    ['{"a": 1}', '1 object literals do not exist: use `merge(a, b)`, or write the object in YAML'],
    ['a.0', '3 a position needs brackets: write `[0]`'],
    ['a.0.1', '3 a position needs brackets: write `[0][1]`'],
    ['a.', '3 a name must follow the dot'],
    ['a.[1]', '3 a name must follow the dot'],
    ['a[1:2]', '4 `:` does not exist: for a part of a list use `slice(v, start, end)`'],
    ['1e5', '2 a number has no letters (no exponent), and a name does not start with a digit'],
    ['2x', '2 a number has no letters (no exponent), and a name does not start with a digit'],
    ['18446744073709551616', '1 the integer is larger than 18446744073709551615, the largest of 64 bits'],
    ['0.1234567890123456789', '1 the number is a decimal that cannot be kept exactly: send it as a text'],
    ['"abc', '1 the string has no closing "'],
    ['"abc\\', '1 the string has no closing "'],
    ['(1 + 2', '7 the expression ends too early: `)` is missing'],
    ['[1 2]', '4 `,` or `]` expected, not `2`'],
    ['[,]', '2 an operator or a value expected, not `,`'],
    ['1 +', '4 the expression ends too early: a value is missing'],
    ['1 2', '3 an operator or a value expected, not `2`'],
    ['1 "a"', '3 an operator or a value expected, not a string'],
    ['and', '1 an operator or a value expected, not `and`'],
    ['1 == not 2', '6 `not` binds weaker than a comparison: write `(not …)`'],
    ['a;b', '2 an expression is one value: `;` is not allowed'],
    ['$a', '1 names have no `$`: use `parameters.x` or `workflow.x`'],
    ['naïve', '3 `ï` is not allowed here: write it inside quotes'],
    ['"😀" 😀', '5 `😀` is not allowed here: write it inside quotes'],
  ])('%s', (source, expected) => {
    expect(templateErrorText(() => parse(source))).toBe(`TEMPLATE_SYNTAX@${expected}`);
  });

  test.each([
    ['a.upper()', '8 methods cannot be called: write `upper(…)` if there is such a function, or `… | upper`'],
    ['"a"()', '4 only functions can be called, by their names'],
    ['f(1)(2)', '5 only functions can be called, by their names'],
    ['a["b"]()', '7 only functions can be called, by their names'],
  ])('%s is forbidden', (source, expected) => {
    expect(templateErrorText(() => parse(source))).toBe(`TEMPLATE_FORBIDDEN@${expected}`);
  });

  test('sixty-four levels parse and sixty-five do not', () => {
    const nested = (levels: number) => '('.repeat(levels) + '1' + ')'.repeat(levels);
    expect(evaluate(nested(64), testScope())).toBe(1);
    expect(templateErrorText(() => parse(nested(65)))).toBe(
      'TEMPLATE_LIMIT@66 the expression is nested deeper than 64 levels',
    );
  });

  test('16 kB parse and one byte more does not', () => {
    expect(parse('1'.padEnd(16_384))).toMatchObject({ value: 1 });
    expect(templateErrorText(() => parse('1'.padEnd(16_385)))).toMatch(
      /^TEMPLATE_LIMIT@1 the expression is longer than 16384/,
    );
    expect(templateErrorText(() => parse(`"${'é'.repeat(8_192)}"`))).toMatch(/^TEMPLATE_LIMIT/);
  });

  test('a long chain does not count as nesting', () => {
    expect(evaluate(`1${'+1'.repeat(8_000)}`, testScope())).toBe(8_001);
  });
});
