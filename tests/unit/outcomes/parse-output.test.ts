import type { OutputFormat } from '../../../contract/actions';
import type { Json } from '../../../contract/json';
import { parseOutput } from '../../../platform/outcomes/parse-output';
import { growthOf, MAX_GROWTH, PARTS } from '../processor-time';

const DEEP_LEVELS = 600;

test.each<[OutputFormat, string, string, Json | undefined]>([
  ['text', 'is never parsed', '{"a":1}', undefined],
  ['json', 'the whole text', '{"a":\n1}\n', { a: 1 }],
  ['json', 'else the last line that is not blank', 'log\n{"a":1}\n\n', { a: 1 }],
  ['json', 'null is a value', 'null\n', null],
  ['json', 'an invalid document', 'hello', undefined],
  ['json', 'a document that is not the last line', '{"a":1}\nbye', undefined],
  ['json', 'NaN is not JSON', 'NaN', undefined],
  ['json', 'blank', ' \n', undefined],
  [
    'json',
    'NUL and lone surrogates become U+FFFD',
    '{"a\\u0000":"\\ud800x\\ud83c\\udfb5"}',
    { 'a\uFFFD': '\uFFFDx\u{1F3B5}' },
  ],
  ['json', 'a document nested too deeply', '['.repeat(DEEP_LEVELS) + ']'.repeat(DEEP_LEVELS), undefined],
  ['json', '__proto__ is an ordinary name', '{"__proto__":1}', JSON.parse('{"__proto__":1}') as Json],
  ['jsonl', 'bad lines are skipped', '{"a":1}\nlog\n\n2\n', [{ a: 1 }, 2]],
  ['yaml', 'the whole text', 'a: [1, two]\nb:\n', { a: [1, 'two'], b: null }],
  ['yaml', 'an invalid document', 'a: [1', undefined],
  ['yaml', 'NaN becomes null', 'a: .nan', { a: null }],
])('%s: %s', (format, _, text, value) => {
  expect(parseOutput(text, format).value).toEqual(value);
});

test('yaml: exponentially growing aliases are rejected', () => {
  const levels = 'abcdefghij'.split('').map((name, level, names) =>
    level === 0
      ? `${name}: &${name} [x, x]`
      : `${name}: &${name} [${Array(9)
          .fill(`*${names[level - 1]!}`)
          .join(', ')}]`,
  );
  expect(parseOutput(levels.join('\n'), 'yaml').value).toBeUndefined();
});

test('yaml: a key that is given twice is a problem at its place', () => {
  const problem = { line: 3, column: 1, problem: 'it is no YAML: DUPLICATE_KEY' };

  expect(parseOutput('a: 1\nb: 2\na: 3\n', 'yaml')).toMatchObject({ value: undefined, problem });
});

test.each<[string, (n: number) => string]>([
  ['keys', (n) => `k${n}: v`],
  ['aliases', (n) => `- &a${n} ${n}\n- *a${n}`],
])('IN-07 yaml: an output of 8,000 %s is parsed in linear time', (_what, lineOf) => {
  const lines = Array.from({ length: 8_000 }, (_, n) => lineOf(n));
  const [whole, part] = [lines.join('\n'), lines.slice(0, lines.length / PARTS).join('\n')];

  expect(parseOutput(whole, 'yaml').value).toBeDefined();
  const growth = growthOf(
    () => parseOutput(whole, 'yaml'),
    () => parseOutput(part, 'yaml'),
  );
  expect(growth).toBeLessThan(MAX_GROWTH);
});
