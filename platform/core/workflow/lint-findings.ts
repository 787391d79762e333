import { lint, lintCondition, type LintFinding } from '../template/lint';
import type { ParsedTask } from './load/task';
import { propertiesOf } from './parameters';
import type { Definition, Task } from './types';

const NAMESPACES = ['parameters', 'workflow', 'vars', 'variables', 'task', 'tasks', 'config', 'keystore', 'system'];

/** What is wrong with the expressions of a task, each with the place where it stands. */
export function lintFindings({ task, fields, targetPaths }: ParsedTask, definition: Definition): string[] {
  const names = new Set(knownNames(definition));
  const inItems = { names: new Set(task.withItems === null ? names : [...names, 'item', 'index']) };
  const conditionAt = (path: string, text: string | null) =>
    text === null ? [] : placed(path, lintCondition(text, { names }));
  return [
    ...conditionAt(fields.at('when'), task.when),
    ...placed(fields.at('with_items'), lint(task.withItems, { names })),
    ...placed(fields.at('input'), lint(task.input, inItems)),
    ...task.next.flatMap(({ when, publish }, index) => {
      const path = (targetPaths[index] ?? fields.path).replace(/\/[^/]*$/, '');
      const published = publish.flatMap(({ name, value }) => placed(`${path}/publish/${name}`, lint(value, { names })));
      return [...conditionAt(`${path}/when`, when), ...published];
    }),
  ];
}

const placed = (path: string, found: readonly LintFinding[]): string[] =>
  found.map((finding) => `${path}${finding.path}: column ${finding.column}: ${finding.message}`);

/** Parameters count as known, though their bare names do not resolve: the contract's lint takes them for known. */
const knownNames = (definition: Definition): string[] => [
  ...NAMESPACES,
  ...Object.keys(definition.vars),
  ...Object.keys(propertiesOf(definition.parameters ?? {})),
  ...[...definition.tasks.values()].flatMap(publishedBy),
];

const publishedBy = ({ next }: Task): string[] => next.flatMap(({ publish }) => publish.map(({ name }) => name));
