import type { NodeModel } from '../../helpers/run-report/run-model';

/** The execution itself, if it has children; else the one around it; null: neither. */
export function workflowOf(nodes: readonly NodeModel[], id: number): number | null {
  const at = nodes.findIndex((node) => node.id === id);
  const node = nodes[at];
  if (!node) return null;
  return hasChildren(nodes, at) ? id : (parentOf(nodes, at)?.id ?? null);
}

/** Whether the execution at a position has started others. */
export const hasChildren = (nodes: readonly NodeModel[], at: number): boolean =>
  (nodes[at + 1]?.depth ?? 0) > nodes[at]!.depth;

export const parentOf = (nodes: readonly NodeModel[], at: number): NodeModel | undefined =>
  nodes.slice(0, at).findLast(({ depth }) => depth === nodes[at]!.depth - 1);
