import type { ExecutionRow } from '../lifecycle/execution-rows';

/** Whether the executor has saved what it runs. Null: no one is known. */
export const isAuthor = (executor: number | null, savedBy: number | null): boolean =>
  executor !== null && savedBy === executor;

/**
 * The permission sets beyond which nothing below an execution goes: those of its own token; where
 * it has none, its own limit. Null: only what its executor holds limits them.
 */
export const limitBelow = ({
  permission_set_refs: own,
  permission_limit: limit,
}: Pick<ExecutionRow, 'permission_set_refs' | 'permission_limit'>): string[] | null => (own.length > 0 ? own : limit);
