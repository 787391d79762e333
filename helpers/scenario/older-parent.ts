import type { ExecutionNode } from '../../contract/executions';

/** The parent of an execution; null where it has none, or one that is not older than it is. */
export const olderParent = (id: number, { parent }: Pick<ExecutionNode, 'parent'>): number | null =>
  parent !== null && parent < id ? parent : null;
