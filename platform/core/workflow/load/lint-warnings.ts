import { lint, LintBudget, lintCondition, type LintContext, type LintFinding, type Members } from '../../template/lint';
import type { ParsedTask } from './task';
import { schemaProperties } from '../../schema/flat-schema';
import type { WorkflowDefinition, TaskDefinition } from '../definition';

const NAMESPACES = ['parameters', 'workflow', 'vars', 'variables', 'task', 'tasks', 'config', 'keystore', 'system'];

/** A mistake in an expression. */
export interface ExpressionFault {
  /** The JSON pointer of the value that has the text, and the place of the text in it. */
  readonly path: string;
  /** The JSON pointer of the text, as far as its keys have neither dots nor brackets. */
  readonly pointer: string;
  /** With the column. */
  readonly why: string;
}

/** The mistakes in the tasks' expressions. */
export function expressionFaults(tasks: readonly ParsedTask[], definition: WorkflowDefinition): ExpressionFault[] {
  const names = new Set(knownNames(definition));
  const budget = new LintBudget();
  const context = { names, budget, members: membersIn(definition) };
  const itemContext = { ...context, names: new Set([...names, 'item', 'index']) };
  const warnings = [
    ...tasks.flatMap((task) => taskLintWarnings(task, context, task.task.withItems === null ? context : itemContext)),
    ...formatFindings('/output_map', lint(definition.outputMap, context)),
  ];
  return budget.isExhausted ? [...warnings, { path: '', pointer: '', why: PARTIAL_LINT_WARNING }] : warnings;
}

/** Not a mistake of the definition. */
export const PARTIAL_LINT_WARNING = 'there are too many expressions to check: some of them are not checked';

function taskLintWarnings(
  { task, fields, targetPaths }: ParsedTask,
  context: LintContext,
  itemContext: LintContext,
): ExpressionFault[] {
  const lintConditionAt = (path: string, text: string | null) =>
    text === null ? [] : formatFindings(path, lintCondition(text, context));
  return [
    ...lintConditionAt(fields.pathOf('when'), task.when),
    ...formatFindings(fields.pathOf('with_items'), lint(task.withItems, context)),
    ...formatFindings(fields.pathOf('input'), lint(task.input, itemContext)),
    ...formatFindings(fields.pathOf('permission_set_refs'), lint(task.permissionSetRefs, itemContext)),
    ...formatFindings(fields.path, lint(task.placement, itemContext)),
    ...lintConditionAt(`${fields.pathOf('retry')}/on_error`, task.retry?.onError ?? null),
    ...task.next.flatMap(({ when, publish }, index) => {
      const path = (targetPaths[index] ?? fields.path).replace(/\/[^/]*$/, '');
      const published = publish.flatMap(({ name, value }) =>
        formatFindings(`${path}/publish/${name}`, lint(value, context)),
      );
      return [...lintConditionAt(`${path}/when`, when), ...published];
    }),
  ];
}

const formatFindings = (path: string, warnings: readonly LintFinding[]): ExpressionFault[] =>
  warnings.map((finding) => ({
    path: `${path}${finding.path}`,
    pointer: `${path}${finding.path.replaceAll(/[.[]/g, '/').replaceAll(']', '')}`,
    why: `column ${finding.column}: ${finding.message}`,
  }));

/** The contract's lint accepts bare names of parameters, though they do not resolve. */
const knownNames = (definition: WorkflowDefinition): string[] => [
  ...NAMESPACES,
  ...Object.keys(definition.vars),
  ...Object.keys(schemaProperties(definition.parameters ?? {})),
  ...[...definition.tasks.values()].flatMap(publishedNames),
];

/** Tasks and variables of other names cannot exist. */
function membersIn(definition: WorkflowDefinition): ReadonlyMap<string, Members> {
  const tasks = { kind: 'task', names: new Set(definition.tasks.keys()) };
  const published = [...definition.tasks.values()].flatMap(publishedNames);
  const variables = { kind: 'variable', names: new Set([...Object.keys(definition.vars), ...published]) };
  return new Map([
    ...['task', 'tasks'].map((name) => [name, tasks] as const),
    ...['workflow', 'vars', 'variables'].map((name) => [name, variables] as const),
  ]);
}

const publishedNames = ({ next }: TaskDefinition): string[] =>
  next.flatMap(({ publish }) => publish.map(({ name }) => name));
