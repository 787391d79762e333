import type { Json, JsonObject } from '../../../../contract/json';
import { TASK_TYPES, type TaskType } from '../../../../contract/workflows/task-kinds';
import { DefinitionError } from './definition-error';
import type { TaskDefinition } from '../definition';
import { shapeError, checkName, valueError, wrongType, type DefinitionFields } from './definition-fields';
import { parseLegacyTransitions } from './legacy-transitions';
import { parseTimeout } from './timeout';
import { parseRetry } from './retry';
import { parseNext } from './transitions';

const MAX_NAME_LENGTH = 255;

export interface ParsedTask {
  readonly task: TaskDefinition;
  readonly fields: DefinitionFields;
  /** JSON pointers of the targets of each transition. */
  readonly targetPaths: readonly string[];
  readonly subtasks: readonly ParsedTask[];
}

/** A task and all its subtasks, at any depth. */
export const flattenSubtasks = (task: ParsedTask): ParsedTask[] => [task, ...task.subtasks.flatMap(flattenSubtasks)];

export function parseTask(fields: DefinitionFields): ParsedTask {
  const name = parseName(fields);
  const type = parseType(fields);
  const subtasks = type === 'parallel' ? parseSubtasks(fields, name) : [];
  const legacyTransitions = parseLegacyTransitions(fields);
  const nextTransitions = parseNext(fields);
  const next = nextTransitions.length > 0 ? nextTransitions : legacyTransitions;
  const task: TaskDefinition = {
    name,
    action: type === 'parallel' ? null : parseAction(fields, name, type),
    subtasks: subtasks.map((sub) => sub.task),
    input: fields.mapping('input'),
    when: fields.text('when'),
    withItems: parseWithItems(fields),
    batchSize: fields.count('batch_size') || null,
    concurrency: fields.count('concurrency') || 1,
    retry: parseRetry(fields),
    timeoutSeconds: parseTimeout(fields),
    next: next.map(({ transition }) => transition),
    join: fields.count('join'),
    permissionSetRefs: parsePermissionSetRefs(fields),
    placement: parsePlacement(fields),
  };
  return { task, fields, targetPaths: next.map(({ path }) => path), subtasks };
}

function parseName(fields: DefinitionFields): string {
  const name = fields.text('name');
  if (name === null) throw shapeError('must have a name', fields.path);
  if (name === '' || name.length > MAX_NAME_LENGTH) {
    throw valueError(`must have 1 to ${MAX_NAME_LENGTH} characters`, fields.pathOf('name'));
  }
  return checkName(name, fields.pathOf('name'));
}

function parseType(fields: DefinitionFields): TaskType {
  const text = fields.text('type') ?? 'action';
  const type = TASK_TYPES.find((known) => known === text);
  if (type !== undefined) return type;
  const { message, path } = shapeError(`must be one of ${TASK_TYPES.join(', ')}`, fields.pathOf('type'));
  throw new DefinitionError(message, path, 'STEP_KIND_UNHANDLED', TASK_TYPES);
}

function parseAction(fields: DefinitionFields, name: string, type: TaskType): string | null {
  const action = fields.text('action');
  if (action !== null || type === 'workflow') return action;
  const message = `Missing required field: Task '${name}' of type 'action' must have an 'action' field`;
  throw new DefinitionError(message, fields.path);
}

/** Transitions of subtasks are parsed, and have no effect. */
function parseSubtasks(fields: DefinitionFields, name: string): ParsedTask[] {
  const subtasks = fields.fieldsList('tasks');
  if (subtasks === null) {
    const message = `Missing required field: Task '${name}' of type 'parallel' must have a 'tasks' field`;
    throw new DefinitionError(message, fields.path);
  }
  if (subtasks.length === 0) {
    const message = `Invalid field value: Task '${name}' - Parallel task must contain at least one sub-task`;
    throw new DefinitionError(message, fields.pathOf('tasks'));
  }
  return subtasks
    .map(parseTask)
    .map((sub) => ({ ...sub, task: { ...sub.task, next: [], join: null }, targetPaths: [] }));
}

function parseWithItems(fields: DefinitionFields): Json {
  const items = fields.value('with_items');
  if (items === null || typeof items === 'string' || Array.isArray(items)) return items;
  return wrongType(fields.pathOf('with_items'), 'an expression or a list', items);
}

function parsePermissionSetRefs(fields: DefinitionFields): Json {
  const key = fields.value('permission_set_refs') === null ? 'permission_set_ref' : 'permission_set_refs';
  const refs = fields.value(key);
  if (refs === null || typeof refs === 'string') return refs;
  if (Array.isArray(refs) && refs.every((ref) => typeof ref === 'string')) return refs;
  return wrongType(fields.pathOf(key), 'a ref or a list of refs', refs);
}

function parsePlacement(fields: DefinitionFields): JsonObject {
  const keys = ['worker_selector', 'worker_tolerations', 'worker_affinity'];
  const given = keys.map((key): [string, Json] => [key, fields.value(key)]);
  return Object.fromEntries(given.filter(([, value]) => value !== null));
}
