import { evaluate } from '../../../../platform/core/template/evaluate';
import { FUNCTIONS } from '../../../../platform/core/template/functions/table';
import { templateErrorText, testScope } from './test-scope';

const scope = testScope({ o: { b: 2, a: 1 }, empty: {}, s: 'é😀x', n: null }, { sum: 3 }, 'failed');
const value = (expression: string) => evaluate(expression, scope);

const VALUES: [string, unknown][] = [
  ['string("a")', 'a'],
  ['string(null)', 'null'],
  ['string(1.5)', '1.5'],
  ['string(true)', 'true'],
  ['string([1, "a", null])', '[1,"a",null]'],
  ['string(o)', '{"b":2,"a":1}'],
  ['number(3)', 3],
  ['number("3.25")', 3.25],
  ['number("-1e3")', -1000],
  ['number(" 42\n")', 42],
  ['number(true)', 1],
  ['number(false)', 0],
  ['int(3.9)', 3],
  ['int(-3.9)', -3],
  ['int("-7.5")', -7],
  ['int(-0.5)', 0],
  ['bool("")', false],
  ['bool("false")', true],
  ['bool(empty)', false],
  ['bool([0])', true],
  ['bool(0.0)', false],
  ['type_of(null)', 'null'],
  ['type_of(true)', 'bool'],
  ['type_of(1)', 'number'],
  ['type_of("")', 'string'],
  ['type_of([])', 'array'],
  ['type_of(o)', 'object'],
  ['length([1, 2])', 2],
  ['length(o)', 2],
  ['length(s)', 7],
  ['keys(o)', ['a', 'b']],
  ['values(o)', [1, 2]],
  ['merge(o, empty)', { a: 1, b: 2 }],
  ['abs(-2.5)', 2.5],
  ['floor(-2.5)', -3],
  ['ceil(-2.5)', -2],
  ['ceil(-0.5)', 0],
  ['round(2.5)', 3],
  ['round(-2.5)', -3],
  ['round(0.49999999999999994)', 0],
  ['min(2, 1)', 1],
  ['max("a", "b")', 'b'],
  ['sum([1, 2.5])', 3.5],
  ['sum([])', 0],
  ['lower("ÀB")', 'àb'],
  ['upper("straße")', 'STRASSE'],
  ['trim(" \\t a b \\n")', 'a b'],
  ['replace("a.b.c", ".", "$&")', 'a$&b$&c'],
  ['replace("ab", "", "-")', '-a-b-'],
  ['replace("", "", "-")', '-'],
  ['split("a,b,,c", ",")', ['a', 'b', '', 'c']],
  ['split("é😀", "")', ['é', '😀']],
  ['join([1, "a", null, [2], true], "-")', '1-a-null-[2]-true'],
  ['join([], "-")', ''],
  ['starts_with("abc", "ab")', true],
  ['ends_with("abc", "ab")', false],
  ['match("b+", "abbc")', true],
  ['match("^b", "abbc")', false],
  ['match("\\d{4}-\\d{2}", "on 2024-05")', true],
  ['match("(?i)ERROR", "an error")', true],
  ['contains([1, 2], 2)', true],
  ['contains("abc", "d")', false],
  ['contains(o, "a")', true],
  ['reversed([1, 2])', [2, 1]],
  ['reversed(s)', 'x😀é'],
  ['sort([10, 9, -1])', [-1, 9, 10]],
  ['sort(["b", "a", "Z"])', ['Z', 'a', 'b']],
  ['sort(["😀", "\uFFFD"])', ['\uFFFD', '😀']],
  ['sort([])', []],
  ['unique([1, "1", 1.0, [1], [1], o, merge(empty, o)])', [1, '1', [1], { a: 1, b: 2 }]],
  ['flat([1, [2, [3]], []])', [1, 2, [3]]],
  [
    'zip([1, 2, 3], ["a", "b"])',
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  ['chunks([1, 2, 3], 2)', [[1, 2], [3]]],
  ['chunks([], 2)', []],
  ['range(3)', [0, 1, 2]],
  ['range(-3)', []],
  ['range(2, 4)', [2, 3]],
  ['range(4, 2)', []],
  ['slice([1, 2, 3], 1)', [2, 3]],
  ['slice([1, 2, 3], 0, 2)', [1, 2]],
  ['slice([1, 2, 3], 1, -1)', [2, 3]],
  ['slice([1, 2, 3], -1)', []],
  ['slice([1, 2, 3], 2, 1)', []],
  ['slice([1, 2, 3], 9, 99)', []],
  ['slice(s, 1, 2)', '😀'],
  ['slice(s, -1)', ''],
  ['index_of([1, [2], 3], [2])', 1],
  ['index_of([1], "1")', -1],
  ['index_of(s, "x")', 6],
  ['index_of(s, "y")', -1],
  ['count([1, 1.0, "1"], 1)', 2],
  ['count("aaaa", "aa")', 2],
  ['count("é😀", "")', 3],
  ['result()', { sum: 3 }],
  ['result().sum', 3],
  ['succeeded()', false],
  ['failed()', true],
  ['timed_out()', false],
];

const FAULTS: [string, string][] = [
  ['lowr("A")', "TEMPLATE_NAME@1 Unknown function: lowr. Did you mean 'lower'?"],
  ['1 + default(1, 2)', 'TEMPLATE_NAME@5 Unknown function: default. Use the filter `x | default(y)`'],
  ['zzz()', 'TEMPLATE_NAME@1 Unknown function: zzz'],
  ['constructor()', 'TEMPLATE_NAME@1 Unknown function: constructor'],
  ['__proto__()', 'TEMPLATE_NAME@1 Unknown function: __proto__'],
  ['lower()', 'TEMPLATE_ARGUMENTS@1 Wrong number of arguments for lower: expected 1, got 0'],
  ['range(1, 2, 3)', 'TEMPLATE_ARGUMENTS@1 Wrong number of arguments for range: expected 1 or 2, got 3'],
  ['slice("a")', 'TEMPLATE_ARGUMENTS@1 Wrong number of arguments for slice: expected 2 or 3, got 1'],
  ['result(1)', 'TEMPLATE_ARGUMENTS@1 Wrong number of arguments for result: expected 0, got 1'],
  ['number("abc")', 'TEMPLATE_TYPE@1 number: argument 1 must be a string that spells a number, not string'],
  ['int(null)', 'TEMPLATE_TYPE@1 int: argument 1 must be a string that spells a number, not null'],
  ['number("0x10")', 'TEMPLATE_TYPE@1 number: argument 1 must be a string that spells a number, not string'],
  ['number("Infinity")', 'TEMPLATE_TYPE@1 number: argument 1 must be a string that spells a number, not string'],
  ['number("1e999")', 'TEMPLATE_TYPE@1 the number is too large: the largest is about 1.8e308'],
  ['length(1)', 'TEMPLATE_TYPE@1 length: argument 1 must be an array, an object or a string, not this number'],
  ['keys([])', 'TEMPLATE_TYPE@1 keys: argument 1 must be an object, not array'],
  ['merge(o, null)', 'TEMPLATE_TYPE@1 merge: argument 2 must be an object, not null'],
  ['abs("1")', 'TEMPLATE_TYPE@1 abs: argument 1 must be a number, not string'],
  ['min(1, "a")', 'TEMPLATE_TYPE@1 min: argument 2 must be a number, not string'],
  ['max("a", 1)', 'TEMPLATE_TYPE@1 max: argument 2 must be a string, not this number'],
  ['sum([1, "2"])', 'TEMPLATE_TYPE@1 sum: argument 1 must be an array of numbers, not array'],
  ['sort([1, "a"])', 'TEMPLATE_TYPE@1 sort: argument 1 must be an array of numbers only or of strings only'],
  ['sort([null])', 'TEMPLATE_TYPE@1 sort: argument 1 must be an array of numbers only or of strings only'],
  ['chunks([1], 0)', 'TEMPLATE_TYPE@1 chunks: argument 2 must be an integer from 1, not this number'],
  ['range(1.5)', 'TEMPLATE_TYPE@1 range: argument 1 must be an integer, not this number'],
  ['index_of("a", 1)', 'TEMPLATE_TYPE@1 index_of: argument 2 must be a string, not this number'],
  ['reversed(o)', 'TEMPLATE_TYPE@1 reversed: argument 1 must be an array or a string, not object'],
  ['match("(", "a")', 'TEMPLATE_ARGUMENTS@1 Regex error: missing closing ): `(`'],
  ['match("(?=a)", "a")', 'TEMPLATE_ARGUMENTS@1 Regex error: invalid or unsupported Perl syntax: `(?=`'],
  ['match("(a)\\\\1", "aa")', 'TEMPLATE_ARGUMENTS@1 Regex error: invalid escape sequence: `\\1`'],
];

describe('functions', () => {
  test.each(VALUES)('%s', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  test.each(FAULTS)('%s is rejected', (expression, expected) => {
    expect(templateErrorText(() => value(expression))).toBe(expected);
  });

  test('every function has a row here', () => {
    const called = new Set(VALUES.flatMap(([expression]) => expression.match(/[a-z_]+(?=\()/g) ?? []));
    expect(Object.keys(FUNCTIONS).filter((name) => !called.has(name))).toEqual([]);
  });

  test.each([
    ['succeeded', [true, false, false]],
    ['failed', [false, true, false]],
    ['timed_out', [false, false, true]],
    ['skipped', [false, false, false]],
    [null, [false, false, false]],
  ] as const)('after a task that ended %s one outcome function is true', (outcome, expected) => {
    expect(evaluate('[succeeded(), failed(), timed_out()]', testScope({}, null, outcome))).toEqual(expected);
  });
});
