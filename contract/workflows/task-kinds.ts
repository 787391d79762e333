/** What a task of a workflow is: its key `type`. */
export const TASK_TYPES = ['action', 'parallel', 'workflow'] as const;
export type TaskType = (typeof TASK_TYPES)[number];

/** The keys of a task that decide when, how often and how long its action runs. */
export const TASK_CONTROLS = [
  'when',
  'with_items',
  'batch_size',
  'concurrency',
  'retry',
  'timeout',
  'next',
  'join',
] as const;
export type TaskControl = (typeof TASK_CONTROLS)[number];
