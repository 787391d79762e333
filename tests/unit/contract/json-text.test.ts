import { fc } from '../../seeded-properties';
import { InexactNumberError, parseExactJson, parseJsonText } from '../../../contract/json-text/parse-json-text';
import { parseExactYaml } from '../../../contract/json-text/exact-yaml';
import { writeJson } from '../../../contract/json-text/write-json';

const INT64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });

test('every integer of 64 bits is written as it was read', () => {
  fc.assert(
    fc.property(fc.array(INT64), fc.string(), (integers, text) => {
      const json = `{"list":[${integers.join()}],"text":${JSON.stringify(text)}}`;
      expect(writeJson(parseExactJson(json))).toBe(json);
      expect(writeJson(parseJsonText(json))).toBe(json);
    }),
  );
});

/** `toExponential` writes no sign of zero. */
const withoutSignOfZero = (value: number): number => value + 0;

test('every double is kept as other languages print it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }).map(withoutSignOfZero), (value) => {
      expect(Number(parseExactJson(value.toExponential()))).toBe(value);
      expect(Number(parseExactJson(value.toExponential(16)))).toBe(value);
    }),
  );
});

test.each(['0.1', '1.10', '1e5', '3.0', '3.14159265358979', '0.30000000000000004', '5e-324', '1e22', '-0.0'])(
  '%s is an ordinary number',
  (text) => {
    expect(parseExactJson(text)).toBe(JSON.parse(text));
  },
);

test.each([
  ['1152921504606846976.0', '1152921504606846976'],
  ['-9.223372036854775808e18', '-9223372036854775808'],
  ['{"a":[9007199254740992.0]}', '{"a":[9007199254740992]}'],
])('%s is the integer %s', (text, written) => {
  expect(writeJson(parseExactJson(text))).toBe(written);
});

test.each([
  ['{"a":{"b":[0,1e400]}}', 'the number at /a/b/1 is too large'],
  ['18446744073709551616', 'the number at / is too large: an integer has at most 64 bits; send it as a text'],
  ['[-9223372036854775809]', 'the number at /0 is too large: an integer has at most 64 bits; send it as a text'],
  ['0.1234567890123456789', 'the number at / is a decimal that cannot be kept exactly: send it as a text'],
  ['{"x":9007199254740993.0}', 'the number at /x is a decimal that cannot be kept exactly: send it as a text'],
  ['1e-400', 'the number at / is a decimal that cannot be kept exactly: send it as a text'],
])('%s is refused with its path', (text, message) => {
  expect(() => parseExactJson(text)).toThrow(InexactNumberError);
  expect(() => parseExactJson(text)).toThrow(message);
});

test.each([
  '{"__proto__":{"id":9007199254740993}}',
  '{"\\u0001123":"\\u0001123","\\u0001\\u0001":["\\u0001\\u00019007199254740993",9007199254740993]}',
  '{"a\\"9007199254740993":"\\\\","b":9007199254740993}',
  '["9007199254740993",9007199254740993]',
])('%s is written as it was read', (text) => {
  expect(writeJson(parseExactJson(text))).toBe(text);
});

test.each([
  '{9007199254740993:1}',
  '[9007199254740993',
  '"9007199254740993',
  '[09007199254740993]',
  '[90071992547409930-1]',
])('%s is no JSON', (text) => {
  expect(() => parseExactJson(text)).toThrow(SyntaxError);
});

test('a stored double beyond 64 bits is read again', () => {
  expect(parseJsonText(writeJson([1e20, 1e300]))).toEqual([1e20, 1e300]);
});

test('a document that contains itself is not written', () => {
  const self: unknown[] = [1n];
  self.push(self);
  expect(() => writeJson(self)).toThrow(TypeError);
});

test('YAML keeps integers of 64 bits, and refuses others with their line', () => {
  expect(parseExactYaml('a: 9007199254740993\nb: 5\nc: 0.1\n')).toEqual({ a: 9007199254740993n, b: 5, c: 0.1 });
  expect(() => parseExactYaml('a: 1\nb: 18446744073709551616\n')).toThrow('line 2, column 4: the number');
});
