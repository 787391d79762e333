import { isObject, type Json } from '../../../contract/json';
import { DefinitionError } from './definition-error';
import { findings } from './findings';
import { limitOf } from './load/limit';
import { fieldsOf, shapeError, usableName, valueError, type Fields } from './load/fields';
import { parseTask, withSubtasks, type ParsedTask } from './load/task';
import type { CancellationPolicy, Definition, Task } from './types';

const POLICIES: readonly CancellationPolicy[] = ['allow_finish', 'cancel_running'];
const LONGEST_VERSION = 50;
/** All are looked through at each step. */
const MOST_TASKS = 5_000;

/** What the document may leave out, because who stores it knows. */
export interface Identity {
  readonly ref: string;
  readonly version?: string;
  readonly label?: string;
}

export interface Loaded {
  readonly definition: Definition;
  /** Why it may not do what was meant. Worked out when first asked for. */
  readonly warnings: string[];
}

/**
 * A workflow definition from a document that was read as YAML or JSON. Throws DefinitionError when there is none in it:
 * wrong types, values out of bounds, tasks that are named and do not exist.
 */
export function loadDefinition(document: Json, from: Identity): Loaded {
  const fields = fieldsOf(document, '');
  checkTexts(fields);
  const parsed = tasksOf(fields);
  checkSubtasks(parsed);
  const names = new Set(parsed.map(({ task: { name } }) => name));
  parsed.forEach((task) => checkTargets(task, names));
  const definition: Definition = {
    ref: fields.text('ref') || from.ref,
    version: versionOf(fields) || (from.version ?? ''),
    parameters: isObject(fields.value('parameters')) ? fields.mapping('parameters') : null,
    vars: varsOf(fields),
    tasks: byName(parsed.flatMap(withSubtasks)),
    outputMap: fields.mapping('output_map'),
    cancellationPolicy: policyOf(fields),
    timeoutSeconds: limitOf(fields),
  };
  let warnings: string[] | undefined;
  return {
    definition,
    get warnings() {
      return (warnings ??= findings(fields, parsed, definition));
    },
  };
}

function checkTexts(fields: Fields): void {
  for (const key of ['label', 'description']) fields.text(key);
  const tags = fields.list('tags') ?? [];
  if (!tags.every((tag) => typeof tag === 'string')) throw shapeError('must hold strings only', fields.at('tags'));
}

function tasksOf(fields: Fields): ParsedTask[] {
  const tasks = fields.fieldsIn('tasks');
  if (tasks === null) throw shapeError('must have tasks', fields.path);
  if (tasks.length === 0) throw valueError('must contain at least one task', fields.at('tasks'));
  if (tasks.length > MOST_TASKS) throw valueError(`must contain at most ${MOST_TASKS} tasks`, fields.at('tasks'));
  return tasks.map(parseTask);
}

/** A subtask runs under its own name, so no other task may have it. */
function checkSubtasks(parsed: readonly ParsedTask[]): void {
  const taken = new Set(parsed.map(({ task: { name } }) => name));
  for (const { task, fields } of parsed.flatMap(({ subtasks }) => subtasks.flatMap(withSubtasks))) {
    if (taken.has(task.name)) throw valueError('must not be the name of another task', fields.at('name'));
    taken.add(task.name);
  }
}

function checkTargets({ task, targetPaths }: ParsedTask, names: ReadonlySet<string>): void {
  for (const [index, { to }] of task.next.entries()) {
    const stranger = to.find((target) => !names.has(target));
    if (stranger === undefined) continue;
    const message = `Invalid task reference: Task '${task.name}' references non-existent task '${stranger}'`;
    throw new DefinitionError(message, targetPaths[index] ?? '');
  }
}

function versionOf(fields: Fields): string | null {
  const version = fields.text('version');
  if (version !== null && version.length > LONGEST_VERSION) {
    throw valueError(`must have 1 to ${LONGEST_VERSION} characters`, fields.at('version'));
  }
  return version;
}

function varsOf(fields: Fields): Definition['vars'] {
  const vars = fields.mapping('vars') ?? {};
  Object.keys(vars).forEach((name) => usableName(name, `${fields.at('vars')}/${name}`));
  return vars;
}

function policyOf(fields: Fields): CancellationPolicy {
  const word = fields.text('cancellation_policy') ?? 'allow_finish';
  const policy = POLICIES.find((known) => known === word);
  if (!policy) throw shapeError(`must be one of ${POLICIES.join(', ')}`, fields.at('cancellation_policy'));
  return policy;
}

/** Of two tasks of one name the first counts; that there are two is a finding. */
function byName(parsed: readonly ParsedTask[]): ReadonlyMap<string, Task> {
  const named = new Map<string, Task>();
  for (const { task } of parsed) if (!named.has(task.name)) named.set(task.name, task);
  return named;
}
