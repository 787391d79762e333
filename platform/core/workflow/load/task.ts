import type { Json, JsonObject } from '../../../../contract/json';
import { DefinitionError } from '../definition-error';
import type { Task } from '../types';
import { shapeError, usableName, valueError, wrongType, type Fields } from './fields';
import { parseLegacy } from './legacy';
import { limitOf } from './limit';
import { parseRetry } from './retry';
import { parseNext } from './transitions';

const TYPES = ['action', 'parallel', 'workflow'];
const LONGEST_NAME = 255;

export interface ParsedTask {
  readonly task: Task;
  readonly fields: Fields;
  /** Where the targets of each transition stand. */
  readonly targetPaths: readonly string[];
  readonly subtasks: readonly ParsedTask[];
}

/** A task and all those inside it. */
export const withSubtasks = (task: ParsedTask): ParsedTask[] => [task, ...task.subtasks.flatMap(withSubtasks)];

export function parseTask(fields: Fields): ParsedTask {
  const name = nameOf(fields);
  const type = typeOf(fields);
  const subtasks = type === 'parallel' ? subtasksOf(fields, name) : [];
  const converted = parseLegacy(fields);
  const written = parseNext(fields);
  const next = written.length > 0 ? written : converted;
  const task: Task = {
    name,
    action: type === 'parallel' ? null : actionOf(fields, name, type),
    subtasks: subtasks.map((sub) => sub.task),
    input: fields.mapping('input'),
    when: fields.text('when'),
    withItems: withItemsOf(fields),
    batchSize: fields.count('batch_size') || null,
    concurrency: fields.count('concurrency') || 1,
    retry: parseRetry(fields),
    timeoutSeconds: limitOf(fields),
    next: next.map(({ transition }) => transition),
    join: fields.count('join'),
    permissionSetRefs: permissionsOf(fields),
    placement: placementOf(fields),
  };
  return { task, fields, targetPaths: next.map(({ path }) => path), subtasks };
}

function nameOf(fields: Fields): string {
  const name = fields.text('name');
  if (name === null) throw shapeError('must have a name', fields.path);
  if (name === '' || name.length > LONGEST_NAME) {
    throw valueError(`must have 1 to ${LONGEST_NAME} characters`, fields.at('name'));
  }
  return usableName(name, fields.at('name'));
}

function typeOf(fields: Fields): string {
  const type = fields.text('type') ?? 'action';
  if (!TYPES.includes(type)) throw shapeError(`must be one of ${TYPES.join(', ')}`, fields.at('type'));
  return type;
}

function actionOf(fields: Fields, name: string, type: string): string | null {
  const action = fields.text('action');
  if (action !== null || type === 'workflow') return action;
  const message = `Missing required field: Task '${name}' of type 'action' must have an 'action' field`;
  throw new DefinitionError(message, fields.path);
}

/** Transitions of subtasks are read, and have no effect. */
function subtasksOf(fields: Fields, name: string): ParsedTask[] {
  const subtasks = fields.fieldsIn('tasks');
  if (subtasks === null) {
    const message = `Missing required field: Task '${name}' of type 'parallel' must have a 'tasks' field`;
    throw new DefinitionError(message, fields.path);
  }
  if (subtasks.length === 0) {
    const message = `Invalid field value: Task '${name}' - Parallel task must contain at least one sub-task`;
    throw new DefinitionError(message, fields.at('tasks'));
  }
  return subtasks
    .map(parseTask)
    .map((sub) => ({ ...sub, task: { ...sub.task, next: [], join: null }, targetPaths: [] }));
}

function withItemsOf(fields: Fields): Json {
  const items = fields.value('with_items');
  if (items === null || typeof items === 'string' || Array.isArray(items)) return items;
  return wrongType(fields.at('with_items'), 'an expression or a list', items);
}

function permissionsOf(fields: Fields): Json {
  const key = fields.value('permission_set_refs') === null ? 'permission_set_ref' : 'permission_set_refs';
  const refs = fields.value(key);
  if (refs === null || typeof refs === 'string') return refs;
  if (Array.isArray(refs) && refs.every((ref) => typeof ref === 'string')) return refs;
  return wrongType(fields.at(key), 'a ref or a list of refs', refs);
}

function placementOf(fields: Fields): JsonObject {
  const keys = ['worker_selector', 'worker_tolerations', 'worker_affinity'];
  const given = keys.map((key): [string, Json] => [key, fields.value(key)]);
  return Object.fromEntries(given.filter(([, value]) => value !== null));
}
