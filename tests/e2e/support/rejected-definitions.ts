import type { Json, JsonObject } from '../../../contract/json';

const TASK = { name: 'a', action: 'core.noop' };

/** A definition of one task with these keys, in addition to its own ones. */
export type Definition = JsonObject;

const withTask = (task: JsonObject, more: JsonObject = {}): JsonObject => ({ tasks: [{ ...TASK, ...task }], ...more });

const withRetry = (retry: JsonObject): JsonObject => withTask({ retry: { count: 1, ...retry } });
const withTransition = (transition: JsonObject): JsonObject => withTask({ next: [transition] });
const withBranch = (branch: JsonObject): JsonObject => withTask({ decision: [{ next: 'a', ...branch }] });
const withTasks = (count: number): JsonObject => ({
  tasks: Array.from({ length: count }, (_, n) => ({ ...TASK, name: `a${n}` })),
});
const withSubtasks = (tasks: Json): JsonObject => withTask({ type: 'parallel', tasks });

/** The maps of a definition, each with a definition that has this key in it. */
export const MAPS = {
  '': (keys: JsonObject) => withTask({}, keys),
  '/tasks/0': (keys: JsonObject) => withTask(keys),
  '/tasks/0/retry': withRetry,
  '/tasks/0/next/0': withTransition,
  '/tasks/0/decision/0': withBranch,
} as const;

export type MapPath = keyof typeof MAPS;

/** So many keys with the same value. */
const each = (value: Json, keys: string): JsonObject => Object.fromEntries(keys.split(' ').map((key) => [key, value]));

/** Of the keys of each map: a value of a wrong type. */
export const WRONG_TYPES: Readonly<Record<MapPath, JsonObject>> = {
  '': {
    ...each(7, 'ref version label description tags vars tasks output_map cancellation_policy'),
    timeout: '7',
  },
  '/tasks/0': {
    ...each(7, 'name type action input when next with_items retry permission_set_refs decision publish'),
    ...each(7, 'on_success on_failure on_complete on_timeout'),
    ...each('2', 'join batch_size timeout'),
    concurrency: 1.5,
  },
  '/tasks/0/retry': { ...each('1', 'count delay max_delay jitter'), ...each(7, 'backoff on_error') },
  '/tasks/0/next/0': each(7, 'when publish do'),
  '/tasks/0/decision/0': each(7, 'when next default'),
};

/** Keys for which any value is accepted, and why. */
export const ANY_VALUE: Readonly<Partial<Record<MapPath, readonly string[]>>> = {
  // a schema that is no map is a warning
  '': ['parameters', 'output'],
  // rendered, and checked for each child; the last one is another name of `permission_set_refs`
  '/tasks/0': ['worker_selector', 'worker_tolerations', 'worker_affinity', 'permission_set_ref'],
};

/** Definitions with a value of the right type that is out of its bounds, and where. */
export const OUT_OF_BOUNDS: readonly (readonly [path: string, definition: JsonObject])[] = [
  ['', {}],
  ['/tasks', { tasks: [] }],
  ['/tasks', withTasks(5_001)],
  ['/version', withTask({}, { version: 'v'.repeat(51) })],
  ['/cancellation_policy', withTask({}, { cancellation_policy: 'none' })],
  ['/timeout', withTask({}, { timeout: 0.049 })],
  ['/tasks/0', { tasks: [{ action: 'core.noop' }] }],
  ['/tasks/0', { tasks: [{ name: 'a' }] }],
  ['/tasks/0/name', withTask({ name: '' })],
  ['/tasks/0/name', withTask({ name: 'n'.repeat(256) })],
  ['/tasks/0/name', withTask({ name: 'prototype' })],
  ['/tasks/0/type', withTask({ type: 'none' })],
  ['/tasks/0/timeout', withTask({ timeout: 0.049 })],
  ['/tasks/0/timeout', withTask({ timeout: -1 })],
  ['/tasks/0/join', withTask({ join: -1 })],
  ['/tasks/0/retry', withTask({ retry: { delay: 1 } })],
  ['/tasks/0/retry/count', withRetry({ count: 0 })],
  ['/tasks/0/retry/count', withRetry({ count: 101 })],
  ['/tasks/0/retry/delay', withRetry({ delay: 1e9 })],
  ['/tasks/0/retry/max_delay', withRetry({ max_delay: 1e9 })],
  ['/tasks/0/retry/delay', withRetry({ delay: -1 })],
  ['/tasks/0/retry/max_delay', withRetry({ max_delay: -1 })],
  ['/tasks/0/retry/backoff', withRetry({ backoff: 'none' })],
  ['/tasks/0/retry/jitter', withRetry({ jitter: 1.001 })],
  ['/tasks/0/next/0/do', withTransition({ do: ['none'] })],
  ['/tasks/0/next/0/publish/0', withTransition({ publish: [7] })],
  ['/tasks/0/next/0/publish/0', withTransition({ publish: ['constructor'] })],
  ['/tasks/0/on_success', withTask({ on_success: 'none' })],
  ['/tasks/0/decision/0/next', withBranch({ next: 'none' })],
  ['/tasks/0', withTask({ type: 'parallel' })],
  ['/tasks/0/tasks', withSubtasks([])],
  ['/tasks/0/tasks/0/name', withSubtasks([TASK])],
];

/** Definitions whose values are the last ones within their bounds. */
export const WITHIN_BOUNDS: readonly JsonObject[] = [
  withTasks(5_000),
  withTask({ name: 'n'.repeat(255), timeout: 0.05 }, { version: 'v'.repeat(50), timeout: 0.05 }),
  withTask({ join: 0, timeout: 0 }, { timeout: 0, cancellation_policy: 'cancel_running' }),
  withRetry({ count: 100, delay: 0, max_delay: 0, jitter: 1, backoff: 'linear' }),
  withRetry({ count: 1, jitter: 0, backoff: 'exponential' }),
];
