import { lint, LintBudget, lintCondition, type Known, type LintFinding } from '../template/lint';
import type { ParsedTask } from './load/task';
import { propertiesOf } from './parameters';
import type { Definition, Task } from './types';

const NAMESPACES = ['parameters', 'workflow', 'vars', 'variables', 'task', 'tasks', 'config', 'keystore', 'system'];

/** What is wrong with the expressions of the tasks, each with the place where it stands. */
export function lintFindings(tasks: readonly ParsedTask[], definition: Definition): string[] {
  const names = new Set(knownNames(definition));
  const budget = new LintBudget();
  const known = { names, budget };
  const inItems = { names: new Set([...names, 'item', 'index']), budget };
  const found = tasks.flatMap((task) => findingsOf(task, known, task.task.withItems === null ? known : inItems));
  return budget.isSpent ? [...found, UNCHECKED] : found;
}

const UNCHECKED = 'the expressions are too many to check all of them: some are only read when they are needed';

function findingsOf({ task, fields, targetPaths }: ParsedTask, known: Known, inItems: Known): string[] {
  const conditionAt = (path: string, text: string | null) =>
    text === null ? [] : placed(path, lintCondition(text, known));
  return [
    ...conditionAt(fields.at('when'), task.when),
    ...placed(fields.at('with_items'), lint(task.withItems, known)),
    ...placed(fields.at('input'), lint(task.input, inItems)),
    ...task.next.flatMap(({ when, publish }, index) => {
      const path = (targetPaths[index] ?? fields.path).replace(/\/[^/]*$/, '');
      const published = publish.flatMap(({ name, value }) => placed(`${path}/publish/${name}`, lint(value, known)));
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
