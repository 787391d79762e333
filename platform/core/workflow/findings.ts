import { isObject } from '../../../contract/json';
import { graphOf } from './graph';
import { lintFindings } from './lint-findings';
import type { Fields } from './load/fields';
import { withSubtasks, type ParsedTask } from './load/task';
import type { Definition, Task } from './types';

const RESERVED = ['parameters', 'vars', 'task', 'system', 'kv', 'pack', 'item', 'batch', 'index'];

/** What a loadable definition will not do as its author may think: the full validation, then the expressions. */
export function findings(fields: Fields, parsed: readonly ParsedTask[], definition: Definition): string[] {
  const all = parsed.flatMap(withSubtasks);
  return [
    ...identity(definition),
    ...duplicates(all.map(({ task }) => task.name)),
    ...all.flatMap(taskFindings),
    ...variableNames(definition),
    ...unreachable(definition),
    ...schemas(fields),
    ...lintFindings(all, definition),
  ];
}

function identity({ ref, version }: Definition): string[] {
  const missing = [...(ref === '' ? ['ref'] : []), ...(version === '' ? ['version'] : [])];
  return missing.map((key) => `Semantic error: Workflow ${key} cannot be empty`);
}

function duplicates(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const again = names.filter((name) => seen.has(name) || !seen.add(name));
  return [...new Set(again)].map((name) => `Semantic error: Duplicate task name: ${name}`);
}

function taskFindings({ task, fields }: ParsedTask): string[] {
  const { name, retry } = task;
  const named = (fault: string) => `Semantic error: Task '${name}' ${fault}`;
  const shortCap = retry !== null && retry.maxDelayMs !== null && retry.maxDelayMs < retry.delayMs;
  return [
    ...(fields.text('type') === 'workflow' && !task.action
      ? [named(`of type 'workflow' must have an action field`)]
      : []),
    ...(shortCap ? [named('retry max_delay must be >= delay')] : []),
    ...(fields.count('batch_size') === 0 ? [named('batch_size must be greater than 0')] : []),
    ...(fields.count('concurrency') === 0 ? [named('concurrency must be greater than 0')] : []),
    ...decisions(fields, named),
    ...actionRef(task),
    ...(RESERVED.includes(name) ? [`Semantic error: Task name '${name}' conflicts with reserved keyword`] : []),
  ];
}

function decisions(fields: Fields, named: (fault: string) => string): string[] {
  const branches = fields.fieldsIn('decision') ?? [];
  const isDefault = (branch: Fields) => branch.flag('default');
  const bare = branches.filter((branch) => !isDefault(branch) && branch.text('when') === null);
  return [
    ...(branches.filter(isDefault).length > 1 ? [named('can only have one default decision branch')] : []),
    ...bare.map(() => named(`decision branch must have 'when' condition or be marked as default`)),
  ];
}

/** A ref has a pack and a name. */
function actionRef({ name, action }: Task): string[] {
  const parts = action?.split('.') ?? ['pack', 'action'];
  const isRef = parts.length > 1 && parts.every((part) => part !== '');
  return isRef ? [] : [`Invalid action reference: Task '${name}' has invalid action reference: ${action ?? ''}`];
}

const variableNames = ({ vars }: Definition): string[] =>
  Object.keys(vars)
    .filter((name) => !/^[\p{L}\p{N}_-]+$/u.test(name))
    .map((name) => `Semantic error: Invalid variable name: ${name}`);

/** Where there are entry tasks at all, each task must be reachable from one. */
function unreachable(definition: Definition): string[] {
  const { entries, own } = graphOf(definition);
  if (entries.length === 0) return [];
  const reached = new Set(entries.map(({ name }) => name));
  for (const name of reached) {
    const next = definition.tasks.get(name)?.next ?? [];
    next.forEach(({ to }) => to.forEach((target) => reached.add(target)));
  }
  return own.filter(({ name }) => !reached.has(name)).map(({ name }) => `Unreachable task: ${name}`);
}

const schemas = (fields: Fields): string[] =>
  ['parameters', 'output']
    .filter((key) => fields.value(key) !== null && !isObject(fields.value(key)))
    .map((key) => `Schema validation failed: ${key} schema must be an object`);
