import { writeJson } from '../../../../contract/json-text/write-json';
import { evaluate } from '../../../../platform/core/template/evaluate';
import { render } from '../../../../platform/core/template/render';
import { templateErrorText, testScope } from './test-scope';

const scope = testScope();
const json = (source: string): string => writeJson(evaluate(source, scope));

test.each([
  ['9007199254740993 == 9007199254740992', 'false'],
  ['9007199254740993 > 9007199254740992', 'true'],
  ['9007199254740993 == 9007199254740993', 'true'],
  ['9007199254740991 + 2', '9007199254740993'],
  ['9007199254740993 - 9007199254740992', '1'],
  ['3037000500 * 3037000500', '9223372037000250000'],
  ['-9223372036854775808 + 1', '-9223372036854775807'],
  ['18446744073709551615 / 5', '3689348814741910323'],
  ['9007199254740993 % 10', '3'],
  ['9007199254740994 * 0.5', '4503599627370497'],
  ['9007199254740993 > 0.5', 'true'],
  ["int('9007199254740993')", '9007199254740993'],
  ["number('18446744073709551615')", '18446744073709551615'],
  ['string(9007199254740993)', '"9007199254740993"'],
  ["'[9007199254740993]' | fromjson", '[9007199254740993]'],
  ['[9007199254740993] | tojson', '"[9007199254740993]"'],
  ['[9007199254740993, 1, 9007199254740992] | sort', '[1,9007199254740992,9007199254740993]'],
  ['[9007199254740993, 9007199254740992, 9007199254740993] | unique', '[9007199254740993,9007199254740992]'],
  ['sum([9007199254740991, 1, 1])', '9007199254740993'],
  ['max(9007199254740993, 9007199254740992)', '9007199254740993'],
  ['abs(-9007199254740993)', '9007199254740993'],
  ['round(9007199254740993)', '9007199254740993'],
  ['9007199254740993 | round(-1)', '9007199254740990'],
  ['9007199254740993 in [9007199254740992]', 'false'],
  ['type_of(9007199254740993)', '"number"'],
  ['bool(9007199254740993)', 'true'],
])('%s is %s', (source, expected) => {
  expect(json(source)).toBe(expected);
});

test.each([
  ['18446744073709551615 + 1', 'the integer is too large: it has more than 64 bits'],
  ['9223372036854775807 * 3', 'the integer is too large: it has more than 64 bits'],
  ['9007199254740993 + 0.5', '`+` of an integer beyond 2^53 and a decimal would lose digits'],
  ['9007199254740993 * 0.5', '`*` of an integer beyond 2^53 and a decimal would lose digits'],
  ['9007199254740993 % 0', '`%` cannot divide by zero'],
  ["'18446744073709551616' | fromjson", 'the number at / is too large: an integer has at most 64 bits'],
  ["number('0.1234567890123456789')", 'a decimal that can be kept exactly'],
  ['[1][9007199254740993]', 'a position is an integer, not number'],
])('%s is rejected', (source, expected) => {
  expect(templateErrorText(() => evaluate(source, scope))).toContain(expected);
});

test('a text has all digits', () => {
  expect(render('id-{{ 1161888007138312193 }}', scope)).toBe('id-1161888007138312193');
});
