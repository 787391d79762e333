import type { NodeModel } from '../../helpers/run-report/run-model';

/** A task of a workflow with all its executions; none: it has not started. */
export interface TaskBox {
  readonly label: string;
  readonly nodes: readonly NodeModel[];
  readonly isTakenOver: boolean;
  /** From the left, 0 the tasks that no other one starts. */
  readonly layer: number;
  /** From the top, within its layer. */
  readonly row: number;
}

export interface TaskGraph {
  readonly boxes: readonly TaskBox[];
  /** Labels: the task, and the one that its transition starts. */
  readonly edges: readonly Edge[];
  readonly layers: number;
  readonly rows: number;
}

type Edge = readonly [from: string, to: string];

/** A task of a definition, and the tasks that its transitions name. */
export interface PlannedTask {
  readonly name: string;
  readonly next: readonly string[];
  /** Its results are those of an earlier execution, which this one runs again. */
  readonly isTakenOver?: boolean;
}

/** The children of the execution at `position`. */
export function childrenOf(nodes: readonly NodeModel[], position: number): NodeModel[] {
  const depth = nodes[position]!.depth;
  const end = nodes.findIndex((node, n) => n > position && node.depth <= depth);
  return nodes.slice(position + 1, end === -1 ? undefined : end).filter((node) => node.depth === depth + 1);
}

/**
 * The tasks of a workflow: those of its definition, where it is known, and those that ran, by its
 * children. Each is in the layer after the last one that leads to it. An edge back to an earlier
 * task, of a loop, moves nothing.
 */
export function taskGraph(children: readonly NodeModel[], plan: readonly PlannedTask[] = []): TaskGraph {
  const groups = new Map<string, NodeModel[]>(plan.map(({ name }) => [name, []]));
  for (const node of children) groups.set(node.label, [...(groups.get(node.label) ?? []), node]);
  const edges = edgesOf(children, plan, groups);
  const order = orderOf([...groups.keys()], edges);
  const position = new Map(order.map((label, n) => [label, n]));
  const incoming = new Map<string, string[]>();
  for (const [from, to] of edges) incoming.set(to, [...(incoming.get(to) ?? []), from]);
  const takenOver = new Set(plan.filter((task) => task.isTakenOver).map(({ name }) => name));
  const layers = new Map<string, number>();
  const rows: number[] = [];
  const boxes = order.map((label) => {
    const before = (incoming.get(label) ?? []).filter((from) => position.get(from)! < position.get(label)!);
    const layer = Math.max(0, ...before.map((from) => layers.get(from)! + 1));
    layers.set(label, layer);
    const row = rows[layer] ?? 0;
    rows[layer] = row + 1;
    return { label, nodes: groups.get(label)!, isTakenOver: takenOver.has(label), layer, row };
  });
  return { boxes, edges, layers: rows.length, rows: Math.max(0, ...rows) };
}

/** Of the definition, and of the transitions that fired; each once, between known tasks. */
function edgesOf(
  children: readonly NodeModel[],
  plan: readonly PlannedTask[],
  known: ReadonlyMap<string, unknown>,
): Edge[] {
  const planned = plan.flatMap(({ name, next }) => next.map((to): Edge => [name, to]));
  const fired = children.flatMap(({ label, triggeredBy }): Edge[] =>
    triggeredBy === null ? [] : [[triggeredBy, label]],
  );
  const edges = [...planned, ...fired].filter(([from, to]) => known.has(from) && known.has(to));
  return [...new Map(edges.map((edge) => [edge.join('\n'), edge])).values()];
}

/** The labels so that each comes after those that lead to it, but for edges back. */
function orderOf(labels: readonly string[], edges: readonly Edge[]): string[] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const targets = new Set(edges.filter(([from, to]) => from !== to).map(([, to]) => to));
  const starts = labels.filter((label) => !targets.has(label));
  const seen = new Set<string>();
  const reversed: string[] = [];
  const visit = (label: string): void => {
    if (seen.has(label)) return;
    seen.add(label);
    for (const to of [...(next.get(label) ?? [])].reverse()) visit(to);
    reversed.push(label);
  };
  for (const label of starts.reverse()) visit(label);
  for (const label of labels) visit(label); // of a loop that no other task leads to
  return reversed.reverse();
}
