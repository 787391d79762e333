import type { ChildEnded, TaskOutcome, TaskState } from './types';

/** What the end of a child makes of its task: one that was cancelled or abandoned has failed. */
export function statusAfter({ status, isOverLimit = false }: ChildEnded): Exclude<TaskOutcome['status'], 'skipped'> {
  if (status === 'completed' || status === 'timeout') return status;
  return isOverLimit ? 'over_limit' : 'failed';
}

/** Its workflow fails, unless a transition of the task starts another one. */
export const hasFailed = ({ status }: TaskState): boolean =>
  status === 'failed' || status === 'timeout' || status === 'over_limit';
