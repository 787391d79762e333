import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json } from '../../../contract/json';
import { evaluate } from '../../../platform/core/template/evaluate';
import { FILTERS } from '../../../platform/core/template/filters';
import { FUNCTIONS } from '../../../platform/core/template/functions/table';
import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';

const page = readFileSync(join(__dirname, '../../../docs/workflow-language.md'), 'utf8');
const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => parse(text!) as Json);
const table = page.slice(page.indexOf('| expression | gives |'));
const expressions = [...table.matchAll(/^\| `(.+)` \| `([^`]+)` \|$/gm)].map(([, text, value]) => ({
  text: text!.replaceAll('\\|', '|'),
  value: value!,
}));

const namesInList = (word: string): string[] => {
  const [, list] = new RegExp(`^${word}: (.*?)\\.$`, 'ms').exec(page) ?? [];
  return [...(list ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!).sort();
};

test('the page has examples', () => {
  expect(examples.length).toBeGreaterThan(0);
  expect(expressions.length).toBeGreaterThan(0);
});

test.each(examples.map((document, n) => ({ n: n + 1, document })))(
  'example $n loads without a warning',
  ({ document }) => {
    expect(loadDefinition(document, { ref: 'docs.example', label: 'Example' }).warnings).toEqual([]);
  },
);

test.each(expressions)('$text gives $value', ({ text, value }) => {
  const scope = {
    name: (name: string) => (name === 'parameters' ? { a: [10, 20] } : undefined),
    result: null,
    outcome: null,
  };
  expect(JSON.stringify(evaluate(text, scope))).toBe(value);
});

test('all functions and filters are named, and no others', () => {
  expect(namesInList('Functions')).toEqual(Object.keys(FUNCTIONS).sort());
  expect(namesInList('Filters')).toEqual(Object.keys(FILTERS).sort());
});
