import type { NodeModel } from '../../helpers/run-report/run-model';

/** A task of a workflow with all its executions. */
export interface TaskBox {
  readonly label: string;
  readonly nodes: readonly NodeModel[];
  /** From the left, 0 the tasks that no other one started. */
  readonly layer: number;
  /** From the top, within its layer. */
  readonly row: number;
}

export interface TaskGraph {
  readonly boxes: readonly TaskBox[];
  /** Labels: the task, and the one that its transition started. */
  readonly edges: readonly (readonly [string, string])[];
  readonly layers: number;
  readonly rows: number;
}

/** The children of the execution at `position`. */
export function childrenOf(nodes: readonly NodeModel[], position: number): NodeModel[] {
  const depth = nodes[position]!.depth;
  const end = nodes.findIndex((node, n) => n > position && node.depth <= depth);
  return nodes.slice(position + 1, end === -1 ? undefined : end).filter((node) => node.depth === depth + 1);
}

/**
 * The tasks of a workflow that ran, by its children: each in the layer after the last one that
 * leads to it, in the order of their starts. An edge back to an earlier task moves nothing.
 */
export function taskGraph(children: readonly NodeModel[]): TaskGraph {
  const groups = new Map<string, NodeModel[]>();
  for (const node of children) groups.set(node.label, [...(groups.get(node.label) ?? []), node]);
  const order = new Map([...groups.keys()].map((label, n) => [label, n]));
  const edges = new Map(
    children.flatMap(({ label, triggeredBy }) =>
      triggeredBy !== null && groups.has(triggeredBy)
        ? [[`${triggeredBy}\n${label}`, [triggeredBy, label] as const] as const]
        : [],
    ),
  );
  const layers = new Map<string, number>();
  const rows: number[] = [];
  const boxes = [...groups].map(([label, nodes]) => {
    const before = [...edges.values()].filter(([from, to]) => to === label && order.get(from)! < order.get(label)!);
    const layer = Math.max(0, ...before.map(([from]) => layers.get(from)! + 1));
    layers.set(label, layer);
    const row = rows[layer] ?? 0;
    rows[layer] = row + 1;
    return { label, nodes, layer, row };
  });
  return { boxes, edges: [...edges.values()], layers: rows.length, rows: Math.max(0, ...rows) };
}
