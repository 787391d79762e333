import { parse } from 'yaml';
import { formatParameters } from '../../../platform/worker/process/parameter-formats';

test('json is one compact line, even without parameters', () => {
  expect(formatParameters({ a: 1, b: ['x', null] }, 'json')).toBe('{"a":1,"b":["x",null]}\n');
  expect(formatParameters({}, 'json')).toBe('{}\n');
});

test.each([
  ['no parameters', {}, ''],
  ['leaves sorted by key', { b: 1, a: 2 }, "a='2'\nb='1'\n"],
  ['nested objects flattened', { a: { c: { d: 'x' }, b: 1 } }, "a.b='1'\na.c.d='x'\n"],
  ['lists as JSON', { l: [1, 'two', { three: 3 }] }, `l='[1,"two",{"three":3}]'\n`],
  ['null is empty', { n: null }, "n=''\n"],
  ['booleans as words', { t: true, f: false }, "f='false'\nt='true'\n"],
  ['a quote inside', { q: "it's" }, "q='it'\\''s'\n"],
  ['a line break stays inside the quotes', { m: 'a\nb' }, "m='a\nb'\n"],
  ['a line break in a name becomes _', { 'a\nb': 1 }, "a_b='1'\n"],
  ['a number of any size', { n: -1.5e21 }, "n='-1.5e+21'\n"],
])('dotenv: %s', (_, parameters, text) => {
  expect(formatParameters(parameters, 'dotenv')).toBe(text);
});

test.each([
  'no',
  'on',
  '1',
  '0o14',
  '1:30',
  '~',
  'null',
  '2001-01-01',
  'a: b',
  '- x',
  'two\nlines',
  '',
  ' x ',
  '\u{1F3B5}',
])('yaml: the text %j is a string in YAML 1.1 and 1.2', (text) => {
  const formatted = formatParameters({ text, list: [text], [text]: 1 }, 'yaml');
  expect(parse(formatted, { version: '1.1' })).toEqual({ text, list: [text], [text]: 1 });
  expect(parse(formatted)).toEqual({ text, list: [text], [text]: 1 });
});
