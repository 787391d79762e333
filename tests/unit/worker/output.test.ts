import type { OutputFormat } from '../../../contract/actions';
import type { Json } from '../../../contract/json';
import { parseOutput } from '../../../platform/worker/output';

const DEEP = 600;

test.each<[OutputFormat, string, string, Json | undefined]>([
  ['text', 'is never parsed', '{"a":1}', undefined],
  ['json', 'the whole text', '{"a":\n1}\n', { a: 1 }],
  ['json', 'else the last line that is not blank', 'log\n{"a":1}\n\n', { a: 1 }],
  ['json', 'null is a value', 'null\n', null],
  ['json', 'no document', 'hello', undefined],
  ['json', 'a document that is not the last line', '{"a":1}\nbye', undefined],
  ['json', 'NaN is no JSON', 'NaN', undefined],
  ['json', 'blank', ' \n', undefined],
  [
    'json',
    'NUL and lone surrogates cannot be stored',
    '{"a\\u0000":"\\ud800x\\ud83c\\udfb5"}',
    { 'a\uFFFD': '\uFFFDx\u{1F3B5}' },
  ],
  ['json', 'deeper than can be written again', '['.repeat(DEEP) + ']'.repeat(DEEP), undefined],
  ['json', 'a prototype is a name like any other', '{"__proto__":1}', JSON.parse('{"__proto__":1}') as Json],
  ['jsonl', 'bad lines are skipped', '{"a":1}\nlog\n\n2\n', [{ a: 1 }, 2]],
  ['yaml', 'the whole text', 'a: [1, two]\nb:\n', { a: [1, 'two'], b: null }],
  ['yaml', 'no document', 'a: [1', undefined],
  ['yaml', 'what JSON has no word for', 'a: .nan', { a: null }],
])('%s: %s', (format, _, text, value) => {
  expect(parseOutput(text, format)).toEqual(value);
});

test('yaml: aliases that grow without end are no document', () => {
  const levels = 'abcdefghij'.split('').map((name, level, names) =>
    level === 0
      ? `${name}: &${name} [x, x]`
      : `${name}: &${name} [${Array(9)
          .fill(`*${names[level - 1]!}`)
          .join(', ')}]`,
  );
  expect(parseOutput(levels.join('\n'), 'yaml')).toBeUndefined();
});
