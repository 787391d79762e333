import { isObject } from '../../../../contract/json';
import { schemaMistakes } from '../../schema/schema-mistakes';
import { appendPointer } from '../../secrets/json-pointer';
import { graphOf, planOrder } from '../graph';
import type { ExpressionFault } from './lint-warnings';
import type { DefinitionFields } from './definition-fields';
import type { ParsedTask } from './task';
import type { WorkflowDefinition, TaskDefinition } from '../definition';

const RESERVED = ['parameters', 'vars', 'task', 'system', 'kv', 'pack', 'item', 'batch', 'index'];

/** What was found before the mistakes of the whole definition are listed. */
interface PartialFindings {
  readonly mistakes: readonly DefinitionMistake[];
  readonly deadTasks: readonly DefinitionMistake[];
  readonly expressionFaults: readonly ExpressionFault[];
}

/**
 * Mistakes in a definition that can be loaded: those of the full validation, then those of its
 * expressions.
 */
export const allMistakes = (
  fields: DefinitionFields,
  definition: WorkflowDefinition,
  found: PartialFindings,
): DefinitionMistake[] => [
  ...identityMistakes(definition),
  ...found.mistakes,
  ...found.deadTasks,
  ...schemaShapes(fields),
  ...schemaMistakes(definition.parameters ?? {}, '/parameters').map(named),
  ...found.expressionFaults.map(({ path, pointer, why }) => ({ path: pointer, why: named({ path, why }).why })),
];

/** A mistake whose text begins with its place. */
export const named = ({ path, why }: DefinitionMistake): DefinitionMistake => ({
  path,
  why: path === '' ? why : `${path}: ${why}`,
});

function identityMistakes({ ref, version }: WorkflowDefinition): DefinitionMistake[] {
  const missing = [...(ref === '' ? ['ref'] : []), ...(version === '' ? ['version'] : [])];
  return missing.map((key) => ({ path: `/${key}`, why: `Semantic error: Workflow ${key} cannot be empty` }));
}

/** What is probably wrong with a part of a definition. */
export interface DefinitionMistake {
  /** Its JSON pointer. */
  readonly path: string;
  readonly why: string;
}

/** Mistakes of tasks, each for itself and by their names, and of variables. */
export function definitionMistakes(fields: DefinitionFields, tasks: readonly ParsedTask[]): DefinitionMistake[] {
  const ofTasks = tasks.flatMap((parsed) => [
    ...mistakesOf(parsed, taskWarnings),
    ...parsed.subtasks.flatMap((subtask) => mistakesOf(subtask, subtaskWarnings)),
  ]);
  return [...duplicateNames(tasks), ...ofTasks, ...variableNames(fields)];
}

const mistakesOf = (parsed: ParsedTask, warnings: (parsed: ParsedTask) => string[]): DefinitionMistake[] =>
  warnings(parsed).map((why) => ({ path: parsed.fields.path, why }));

/** The second task of each name that several have. */
function duplicateNames(tasks: readonly ParsedTask[]): DefinitionMistake[] {
  const counts = new Map<string, number>();
  return tasks.flatMap(({ task: { name }, fields }) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count === 2 ? [{ path: fields.pathOf('name'), why: `Semantic error: Duplicate task name: ${name}` }] : [];
  });
}

function taskWarnings({ task, fields, subtasks }: ParsedTask): string[] {
  const { name, retry } = task;
  const warning = (fault: string) => `Semantic error: Task '${name}' ${fault}`;
  const isCapBelowDelay = retry !== null && retry.maxDelayMs !== null && retry.maxDelayMs < retry.delayMs;
  return [
    ...(fields.text('type') === 'workflow' && !task.action
      ? [warning(`of type 'workflow' must have an action field`)]
      : []),
    ...(isCapBelowDelay ? [warning('retry max_delay must be >= delay')] : []),
    ...(fields.count('batch_size') === 0 ? [warning('batch_size must be greater than 0')] : []),
    ...(fields.count('concurrency') === 0 ? [warning('concurrency must be greater than 0')] : []),
    ...itemWarnings(fields, warning),
    ...(subtasks.length > 0 ? unusedWarnings(fields, OF_ACTIONS, warning, 'is parallel') : []),
    ...decisionWarnings(fields, warning),
    ...actionRefWarnings(task),
    ...(RESERVED.includes(name) ? [`Semantic error: Task name '${name}' conflicts with reserved keyword`] : []),
  ];
}

/** Keys that a task without an action of its own does not use. */
const OF_ACTIONS = [
  ...['input', 'with_items', 'retry', 'timeout', 'permission_set_refs', 'permission_set_ref'],
  ...['worker_selector', 'worker_tolerations', 'worker_affinity'],
];

/** Keys that lead on from a task. */
const OF_TRANSITIONS = [
  ...['next', 'on_success', 'on_failure', 'on_complete', 'on_timeout', 'decision', 'publish', 'join'],
];

/** Keys of both lists of which an empty value is the same as none. */
const EMPTY_AS_NONE = ['input', 'next', 'decision', 'publish'];

/** A subtask leads nowhere: what follows is decided by its parallel task. */
const subtaskWarnings = ({ task: { name }, fields }: ParsedTask): string[] =>
  unusedWarnings(fields, OF_TRANSITIONS, (fault) => `Semantic error: Task '${name}' ${fault}`, 'is a subtask');

const unusedWarnings = (
  fields: DefinitionFields,
  keys: readonly string[],
  warning: (fault: string) => string,
  reason: string,
): string[] =>
  keys.filter((key) => hasValue(fields, key)).map((key) => warning(`${reason}: ${key} has no effect on it`));

function hasValue(fields: DefinitionFields, key: string): boolean {
  const value = fields.value(key);
  const isEmpty = typeof value === 'object' && Object.keys(value ?? {}).length === 0;
  return value !== null && !(isEmpty && EMPTY_AS_NONE.includes(key));
}

/** A list that no expression gives, and what has a meaning for lists only. */
function itemWarnings(fields: DefinitionFields, warning: (fault: string) => string): string[] {
  const items = fields.value('with_items');
  if (items === null) {
    const unused = ['concurrency', 'batch_size'].filter((key) => (fields.count(key) ?? 0) > 0);
    return unused.map((key) => warning(`has ${key} without with_items`));
  }
  const isText = typeof items === 'string' && !items.includes('{{');
  return isText ? [warning(`has a text as with_items: write '{{ … }}', or a list`)] : [];
}

function decisionWarnings(fields: DefinitionFields, warning: (fault: string) => string): string[] {
  const branches = fields.fieldsList('decision') ?? [];
  const isDefault = (branch: DefinitionFields) => branch.flag('default');
  const withoutCondition = branches.filter((branch) => !isDefault(branch) && branch.text('when') === null);
  return [
    ...(branches.filter(isDefault).length > 1 ? [warning('can only have one default decision branch')] : []),
    ...withoutCondition.map(() => warning(`decision branch must have 'when' condition or be marked as default`)),
  ];
}

/** A ref consists of a pack and a name. */
function actionRefWarnings({ name, action }: TaskDefinition): string[] {
  const parts = action?.split('.') ?? ['pack', 'action'];
  const isRef = parts.length > 1 && parts.every((part) => part !== '');
  return isRef ? [] : [`Invalid action reference: Task '${name}' has invalid action reference: ${action ?? ''}`];
}

const variableNames = (fields: DefinitionFields): DefinitionMistake[] =>
  Object.keys(fields.mapping('vars') ?? {})
    .filter((name) => !/^[\p{L}\p{N}_-]+$/u.test(name))
    .map((name) => ({
      path: appendPointer(fields.pathOf('vars'), name),
      why: `Semantic error: Invalid variable name: ${name}`,
    }));

/** A task that can never start, and why. */
export interface DeadTask {
  readonly name: string;
  readonly why: string;
}

/** Those that no entry task leads to, and joins of more tasks than lead to them. */
export function deadTasks(definition: WorkflowDefinition): DeadTask[] {
  const { topLevelTasks, predecessors } = graphOf(definition);
  const reached = new Set(planOrder(definition));
  const unreached = topLevelTasks.filter(({ name }) => !reached.has(name));
  const unmet = topLevelTasks.flatMap(({ name, join }): DeadTask[] => {
    const count = predecessors.get(name)?.length ?? 0;
    if (join === null || count === 0 || join <= count) return [];
    return [
      { name, why: `Semantic error: Task '${name}' can never start: it joins ${join} tasks, and ${count} lead to it` },
    ];
  });
  return [...unreached.map(({ name }) => ({ name, why: `Unreachable task: ${name}` })), ...unmet];
}

const schemaShapes = (fields: DefinitionFields): DefinitionMistake[] =>
  ['parameters', 'output']
    .filter((key) => fields.value(key) !== null && !isObject(fields.value(key)))
    .map((key) => ({ path: fields.pathOf(key), why: `Schema validation failed: ${key} schema must be an object` }));
