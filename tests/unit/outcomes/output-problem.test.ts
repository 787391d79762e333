import type { OutputFormat } from '../../../contract/actions';
import { encodingProblem } from '../../../platform/outcomes/output-problem';
import { parseOutput } from '../../../platform/outcomes/parse-output';

test.each<[string, OutputFormat, string, object]>([
  ['NaN', 'json', '{"a": NaN}', { line: 1, column: 7, found: 'NaN', problem: 'it is no JSON' }],
  ['Infinity', 'json', '{\n  "a": Infinity\n}', { line: 2, column: 8, found: 'Infinity' }],
  ['a log line before', 'json', 'starting\n{\n"a": 1\n}\n', { line: 1, column: 1, found: 'starting' }],
  ['a log line before one line', 'json', 'starting\n{"a":1}\n', { line: 1, column: 1, found: 'starting' }],
  ['trailing text', 'json', '{"a":1}\nbye\n', { line: 2, column: 1, found: 'bye' }],
  ['a document that ends too early', 'json', '{"a":[1', { line: 1, problem: 'it ends too early' }],
  ['a comment', 'json', '{"a":1} // one', { line: 1, column: 9 }],
  ['a trailing comma', 'json', '[1,\n]', { line: 2, column: 1 }],
  ['an integer of 65 bits', 'json', '{"x":1,\n"id":18446744073709551616}', { line: 2, column: 6 }],
  ['a bad line of jsonl', 'jsonl', '{"a":1}\n\n  oops\n2', { line: 3, column: 3, found: 'oops' }],
  ['a decimal in jsonl', 'jsonl', '1\n0.1234567890123456789', { line: 2, column: 1, found: '0.1234567890123456789' }],
  ['broken YAML', 'yaml', 'a: 1\nb: [1', { line: 2 }],
  ['a large integer in YAML', 'yaml', 'a: 1\nb: 18446744073709551616', { line: 2, column: 4 }],
  ['brackets that never end', 'json', '['.repeat(200_000), { column: 513, problem: 'it has more than 512 levels' }],
  ['600 levels', 'json', '['.repeat(600) + ']'.repeat(600), { problem: 'it has more than 512 levels' }],
  ['keys that never end', 'json', '{"a":\n'.repeat(100_000), { line: 513, problem: 'it has more than 512 levels' }],
  ['a deep line of jsonl', 'jsonl', `1\n${'['.repeat(200_000)}`, { line: 2, column: 513 }],
  ['brackets in YAML', 'yaml', '['.repeat(200_000), { line: 1, column: 1, problem: 'it is nested too deeply' }],
  ['dashes in YAML', 'yaml', `${'- '.repeat(200_000)}x`, { line: 1, column: 1, problem: 'it is nested too deeply' }],
  ['keys in YAML', 'yaml', '{"a":'.repeat(100_000), { line: 1, column: 1, problem: 'it is nested too deeply' }],
  ['NaN in YAML', 'yaml', 'a: .nan', { line: 1, column: 4, found: '.nan' }],
])('%s has a place', (_, format, text, problem) => {
  expect(parseOutput(text, format).problem).toMatchObject(problem);
});

test.each<[OutputFormat, string]>([
  ['json', '{"a": 1.10, "id": 18446744073709551615}\n'],
  ['json', ' \n'],
  ['jsonl', '1\n\n2\n'],
  ['yaml', 'a: 1161888007138312193\n'],
  ['text', '{NaN'],
])('%s: %j has no problem', (format, text) => {
  expect(parseOutput(text, format).problem).toBeNull();
});

test.each<[OutputFormat, string, unknown]>([
  ['json', '{"id":1161888007138312193}', { id: 1161888007138312193n }],
  ['jsonl', '1161888007138312193\n', [1161888007138312193n]],
  ['yaml', 'id: -9223372036854775808', { id: -9223372036854775808n }],
  ['json', '{"id":18446744073709551616}', undefined],
  ['yaml', 'id: 0.1234567890123456789', undefined],
])('%s: %s keeps its digits or is a text', (format, text, value) => {
  expect(parseOutput(text, format).value).toEqual(value);
});

test('bytes that are not UTF-8 have a place, U+FFFD itself is one character', () => {
  const bytes = Buffer.concat([Buffer.from('{"a": "\uFFFD",\n"b": "'), Buffer.from([0xff]), Buffer.from('"}')]);

  expect(encodingProblem(bytes)).toEqual({ line: 2, column: 7, found: 'byte 0xff', problem: 'it is not UTF-8' });
  expect(encodingProblem(Buffer.from('"\uFFFD"'))).toBeNull();
});
