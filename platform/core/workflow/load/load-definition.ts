import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { unusablePart } from '../../schema/unusable-part';
import { appendPointer } from '../../secrets/json-pointer';
import { DefinitionError } from './definition-error';
import {
  allMistakes,
  deadTasks,
  definitionMistakes,
  type DeadTask,
  named,
  type DefinitionMistake,
} from './definition-warnings';
import { expressionFaults, type ExpressionFault } from './lint-warnings';
import { parseTimeout } from './timeout';
import { definitionFields, shapeError, checkName, valueError, type DefinitionFields } from './definition-fields';
import { parseTask, flattenSubtasks, type ParsedTask } from './task';
import { findUnusedKeys, type UnusedKey } from './unused-keys';
import type { CancellationPolicy, RunLimit, WorkflowDefinition, TaskDefinition } from '../definition';

const POLICIES: readonly CancellationPolicy[] = ['allow_finish', 'cancel_running'];
const MAX_VERSION_LENGTH = 50;
/** Each step visits all tasks. */
const MAX_TASKS = 5_000;

/** What the document may leave out: the pack or the request names it. */
interface DefinitionIdentity {
  readonly ref: string;
  readonly version?: string;
  readonly label?: string;
}

interface LoadedDefinition {
  readonly definition: WorkflowDefinition;
  /** Mistakes that do not prevent loading. Computed on first use. */
  readonly warnings: string[];
  /** The same, with the JSON pointer of each. Computed on first use. */
  readonly findings: readonly DefinitionMistake[];
  /** Those of the warnings that are about single tasks and about names. Computed on first use. */
  readonly mistakes: readonly DefinitionMistake[];
  /** Those of the warnings that are about keys without a meaning. Computed on first use. */
  readonly unusedKeys: readonly UnusedKey[];
  /** Those of the warnings that are about expressions. Computed on first use. */
  readonly expressionFaults: readonly ExpressionFault[];
  /** Those of the warnings that are about tasks that never start. Computed on first use. */
  readonly deadTasks: readonly (DeadTask & { readonly path: string })[];
  /** JSON pointers of the actions that tasks name, by task. Computed on first use. */
  readonly actionPaths: ReadonlyMap<string, string>;
}

/**
 * Loads a workflow definition from a parsed YAML or JSON document. Throws DefinitionError for
 * wrong types, values out of bounds and references to tasks that do not exist.
 */
export function loadDefinition(document: Json, identity: DefinitionIdentity): LoadedDefinition {
  const fields = definitionFields(document, '');
  checkTextFields(fields);
  const parsed = parseTasks(fields);
  checkSubtaskNames(parsed);
  const names = new Set(parsed.map(({ task: { name } }) => name));
  parsed.forEach((task) => checkTargets(task, names));
  const definition: WorkflowDefinition = {
    ref: fields.text('ref') || identity.ref,
    version: parseVersion(fields) || (identity.version ?? ''),
    parameters: parseSchema(fields, 'parameters'),
    vars: parseNames(fields, 'vars') ?? {},
    tasks: indexByName(parsed.flatMap(flattenSubtasks)),
    outputMap: parseNames(fields, 'output_map'),
    cancellationPolicy: parsePolicy(fields),
    limit: runLimit(parseTimeout(fields)),
  };
  const all = parsed.flatMap(flattenSubtasks);
  const unusedKeys = once(() => findUnusedKeys(document));
  const faults = once(() => expressionFaults(all, definition));
  const mistakes = once(() => definitionMistakes(fields, all));
  const dead = once(() => {
    const paths = byTask(parsed, ({ path }) => path);
    return deadTasks(definition).map(({ name, why }) => ({ name, why, path: paths.get(name) ?? '' }));
  });
  const findings = once(() => [
    ...allMistakes(fields, definition, { mistakes: mistakes(), deadTasks: dead(), expressionFaults: faults() }),
    ...unusedKeys().map(named),
  ]);
  const warnings = once(() => findings().map(({ why }) => why));
  const actionPaths = once(() => byTask(all, (taskFields) => taskFields.pathOf('action')));
  return {
    definition,
    get warnings() {
      return warnings();
    },
    get findings() {
      return findings();
    },
    get mistakes() {
      return mistakes();
    },
    get unusedKeys() {
      return unusedKeys();
    },
    get expressionFaults() {
      return faults();
    },
    get deadTasks() {
      return dead();
    },
    get actionPaths() {
      return actionPaths();
    },
  };
}

const runLimit = (seconds: number | null): RunLimit | null =>
  seconds === null ? null : { seconds, level: 'workflow' };

/** Computes the value at the first call only. */
function once<T>(compute: () => T): () => T {
  let computed: { readonly value: T } | undefined;
  return () => (computed ??= { value: compute() }).value;
}

function checkTextFields(fields: DefinitionFields): void {
  for (const key of ['label', 'description']) fields.text(key);
  parseSchema(fields, 'output'); // the engine does not use it
  const tags = fields.list('tags') ?? [];
  if (!tags.every((tag) => typeof tag === 'string')) throw shapeError('must hold strings only', fields.pathOf('tags'));
}

/** Null for what is no map, which is a warning. */
function parseSchema(fields: DefinitionFields, key: 'parameters' | 'output'): JsonObject | null {
  if (!isObject(fields.value(key))) return null;
  const schema = fields.mapping(key);
  const part = schema && unusablePart(schema);
  if (!part) return schema;
  const { message, path } = valueError(part.why, `${fields.pathOf(key)}${part.path}`);
  throw new DefinitionError(message, path, part.reason === 'SCHEMA_LIMIT' ? part.reason : undefined);
}

function parseTasks(fields: DefinitionFields): ParsedTask[] {
  const tasks = fields.fieldsList('tasks');
  if (tasks === null) throw shapeError('must have tasks', fields.path);
  if (tasks.length === 0) throw valueError('must contain at least one task', fields.pathOf('tasks'));
  if (tasks.length > MAX_TASKS) throw valueError(`must contain at most ${MAX_TASKS} tasks`, fields.pathOf('tasks'));
  return tasks.map(parseTask);
}

/** A subtask runs under its own name, which no other task may have. */
function checkSubtaskNames(parsed: readonly ParsedTask[]): void {
  const usedNames = new Set(parsed.map(({ task: { name } }) => name));
  for (const { task, fields } of parsed.flatMap(({ subtasks }) => subtasks.flatMap(flattenSubtasks))) {
    if (usedNames.has(task.name)) throw valueError('must not be the name of another task', fields.pathOf('name'));
    usedNames.add(task.name);
  }
}

function checkTargets({ task, targetPaths }: ParsedTask, names: ReadonlySet<string>): void {
  for (const [index, { targets }] of task.next.entries()) {
    const unknownTarget = targets.find((target) => !names.has(target));
    if (unknownTarget === undefined) continue;
    const message = `Invalid task reference: Task '${task.name}' references non-existent task '${unknownTarget}'`;
    throw new DefinitionError(message, targetPaths[index] ?? '');
  }
}

function parseVersion(fields: DefinitionFields): string | null {
  const version = fields.text('version');
  if (version !== null && version.length > MAX_VERSION_LENGTH) {
    throw valueError(`must have 1 to ${MAX_VERSION_LENGTH} characters`, fields.pathOf('version'));
  }
  return version;
}

/** A map whose keys are names that the definition declares. */
function parseNames(fields: DefinitionFields, key: 'vars' | 'output_map'): JsonObject | null {
  const map = fields.mapping(key);
  Object.keys(map ?? {}).forEach((name) => checkName(name, appendPointer(fields.pathOf(key), name)));
  return map;
}

function parsePolicy(fields: DefinitionFields): CancellationPolicy {
  const value = fields.text('cancellation_policy') ?? 'allow_finish';
  const policy = POLICIES.find((known) => known === value);
  if (!policy) throw shapeError(`must be one of ${POLICIES.join(', ')}`, fields.pathOf('cancellation_policy'));
  return policy;
}

/** A place of each task; of two with one name, of the first, which is the one that counts. */
const byTask = (
  parsed: readonly ParsedTask[],
  placeOf: (fields: DefinitionFields) => string,
): ReadonlyMap<string, string> =>
  new Map([...parsed].reverse().map(({ task, fields }) => [task.name, placeOf(fields)]));

/** Of two tasks with one name the first is kept; there is a warning for the other. */
function indexByName(parsed: readonly ParsedTask[]): ReadonlyMap<string, TaskDefinition> {
  const tasksByName = new Map<string, TaskDefinition>();
  for (const { task } of parsed) if (!tasksByName.has(task.name)) tasksByName.set(task.name, task);
  return tasksByName;
}
