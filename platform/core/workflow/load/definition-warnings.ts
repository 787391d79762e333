import { isObject } from '../../../../contract/json';
import { graphOf } from '../graph';
import { lintWarnings } from './lint-warnings';
import type { DefinitionFields } from './definition-fields';
import { flattenSubtasks, type ParsedTask } from './task';
import type { WorkflowDefinition, TaskDefinition } from '../definition';

const RESERVED = ['parameters', 'vars', 'task', 'system', 'kv', 'pack', 'item', 'batch', 'index'];

/**
 * Mistakes in a definition that can be loaded: those of the full validation, then those of its
 * expressions.
 */
export function definitionWarnings(
  fields: DefinitionFields,
  parsed: readonly ParsedTask[],
  definition: WorkflowDefinition,
): string[] {
  const all = parsed.flatMap(flattenSubtasks);
  return [
    ...identityWarnings(definition),
    ...duplicateNameWarnings(all.map(({ task }) => task.name)),
    ...all.flatMap(taskWarnings),
    ...variableNameWarnings(definition),
    ...unreachableTaskWarnings(definition),
    ...joinWarnings(definition),
    ...schemaWarnings(fields),
    ...lintWarnings(all, definition),
  ];
}

function identityWarnings({ ref, version }: WorkflowDefinition): string[] {
  const missing = [...(ref === '' ? ['ref'] : []), ...(version === '' ? ['version'] : [])];
  return missing.map((key) => `Semantic error: Workflow ${key} cannot be empty`);
}

function duplicateNameWarnings(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const repeated = names.filter((name) => seen.has(name) || !seen.add(name));
  return [...new Set(repeated)].map((name) => `Semantic error: Duplicate task name: ${name}`);
}

function taskWarnings({ task, fields }: ParsedTask): string[] {
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
    ...decisionWarnings(fields, warning),
    ...actionRefWarnings(task),
    ...(RESERVED.includes(name) ? [`Semantic error: Task name '${name}' conflicts with reserved keyword`] : []),
  ];
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

const variableNameWarnings = ({ vars }: WorkflowDefinition): string[] =>
  Object.keys(vars)
    .filter((name) => !/^[\p{L}\p{N}_-]+$/u.test(name))
    .map((name) => `Semantic error: Invalid variable name: ${name}`);

/** Each task must be reachable from an entry task. */
function unreachableTaskWarnings(definition: WorkflowDefinition): string[] {
  const { entryTasks, topLevelTasks } = graphOf(definition);
  const reached = new Set(entryTasks.map(({ name }) => name));
  for (const name of reached) {
    const next = definition.tasks.get(name)?.next ?? [];
    next.forEach(({ targets }) => targets.forEach((target) => reached.add(target)));
  }
  return topLevelTasks.filter(({ name }) => !reached.has(name)).map(({ name }) => `Unreachable task: ${name}`);
}

/** A join that asks for more tasks than lead to it is never met. */
function joinWarnings(definition: WorkflowDefinition): string[] {
  const { topLevelTasks, predecessors } = graphOf(definition);
  return topLevelTasks.flatMap(({ name, join }) => {
    const count = predecessors.get(name)?.length ?? 0;
    if (join === null || count === 0 || join <= count) return [];
    return [`Semantic error: Task '${name}' can never start: it joins ${join} tasks, and ${count} lead to it`];
  });
}

const schemaWarnings = (fields: DefinitionFields): string[] =>
  ['parameters', 'output']
    .filter((key) => fields.value(key) !== null && !isObject(fields.value(key)))
    .map((key) => `Schema validation failed: ${key} schema must be an object`);
