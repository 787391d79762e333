import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
import { KEY_PLACES, MISPLACED_KEYS } from '../../e2e/support/expressions/key-places';
import { AFTER_FIRST, AT_ENTRY, OF_ITEM, tasksOfPlaces, tasksWith } from '../../e2e/support/expressions/places';
import { ALL_ROOTS, rootsIn, UNKNOWN_NAME } from '../../e2e/support/expressions/roots';
import { RULE_TEXTS } from '../../e2e/support/expressions/rule-places';

const page = readFileSync(join(__dirname, '../../../docs/workflow-language.md'), 'utf8');

/** The names in the first column of the table below a line of the page. */
function namesBelow(line: string): string[] {
  const table = page
    .slice(page.indexOf(line))
    .split('\n\n')
    .find((part) => part.startsWith('| '))!;
  return table
    .split('\n')
    .slice(2)
    .flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
}

/** Keys of a task without an expression, and why. */
const NO_EXPRESSIONS: Readonly<Record<string, string>> = {
  name: 'not rendered',
  action: 'not rendered',
  type: 'a word of the language',
  join: 'a number',
  concurrency: 'a number',
  batch_size: 'a number',
  timeout: 'a number',
};

const tasks = tasksOfPlaces({ ends: 'a.b', fails: 'a.c' });
const placesOf = (task: object): string[] => Object.keys(task).filter((key) => !(key in NO_EXPRESSIONS));

test('each key of a task with an expression has a place that sees all names', () => {
  const documented = namesBelow('## A task').filter((key) => !(key in NO_EXPRESSIONS));
  expect([...new Set(tasks.flatMap(placesOf))].sort()).toEqual(documented.sort());
});

test('each place of a task has an unknown name, and a key', () => {
  const places = namesBelow('## A task').filter((key) => !['next', 'retry'].includes(key) && !(key in NO_EXPRESSIONS));
  const unknown = tasksWith(UNKNOWN_NAME, 'a.b').flatMap(placesOf);
  expect([...new Set(unknown)].sort()).toEqual(places.sort());
  const withKeys: string[] = [...KEY_PLACES, ...MISPLACED_KEYS];
  expect(withKeys).toEqual(expect.arrayContaining([...places, 'next_when', 'publish', 'on_error', 'output_map']));
});

test('each documented name of a workflow has a value in one place', () => {
  const names = namesBelow('| name | is |').filter((name) => name !== 'keystore');
  expect(names.filter((name) => !new RegExp(`[[( ]${name}\\b`).test(ALL_ROOTS))).toEqual([]);
  const values = [AT_ENTRY, AFTER_FIRST, OF_ITEM].map((scope) => rootsIn(scope) as unknown[]);
  const known = ALL_ROOTS.slice(1)
    .split(', ')
    .filter((_, n) => values.some((list) => list[n] !== '-'));
  expect(names.filter((name) => !known.some((root) => new RegExp(`^(?:type_of\\()?${name}\\b`).test(root)))).toEqual(
    [],
  );
});

test('the definition with all places loads', () => {
  const { tasks: loaded } = loadDefinition({ version: '1.0.0', tasks }, { ref: 'a.d', label: 'd' }).definition;
  expect(loaded.size).toBe(tasks.length);
});

test('each documented name of a rule has a value in a claim', () => {
  const table = page.slice(page.indexOf('| in | names |')).split('\n\n')[0]!;
  const names = [...table.matchAll(/`([a-z_.]+)`/g)].map(([, name]) => name!);
  const others = ['conditions.expression', 'action_params', 'keystore']; // T2.21m
  const isRead = (name: string) =>
    RULE_TEXTS.some((text) => new RegExp(`\\b${name.replace('.', '\\.')}\\b`).test(text));
  expect(names.filter((name) => !others.includes(name) && !isRead(name))).toEqual([]);
});
