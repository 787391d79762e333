import { placeTasks, type Edge } from './graph-layout';
import type { NodeModel } from './run-model';

/** A task of a workflow with all its executions; none: it has not started. */
export interface TaskBox {
  readonly label: string;
  /** Their ids. */
  readonly executions: readonly number[];
  readonly isTakenOver: boolean;
  /** From the left, 0 the tasks that no other one starts. */
  readonly layer: number;
  /** From the top, in heights of a box. */
  readonly row: number;
}

/** From a task to the one that its transition starts: their positions. */
export interface TaskEdge {
  readonly from: number;
  readonly to: number;
  /** The rows at which it passes the layers between them; none: it is drawn straight. */
  readonly via: readonly number[];
}

export interface TaskGraph {
  readonly boxes: readonly TaskBox[];
  readonly edges: readonly TaskEdge[];
  readonly layers: number;
  readonly rows: number;
}

/** The graphs of the workflows of a tree, by the id of their execution. */
export type TreeGraphs = Readonly<Record<number, TaskGraph>>;

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
  const children: NodeModel[] = [];
  for (let n = position + 1; n < nodes.length && nodes[n]!.depth > depth; n++)
    if (nodes[n]!.depth === depth + 1) children.push(nodes[n]!);
  return children;
}

/** Of each execution that has started others. */
export const treeGraphs = (nodes: readonly NodeModel[]): TreeGraphs =>
  Object.fromEntries(
    nodes.flatMap(({ id, depth }, n) =>
      (nodes[n + 1]?.depth ?? 0) > depth ? [[id, taskGraph(childrenOf(nodes, n))]] : [],
    ),
  );

/**
 * The tasks of a workflow, in the order of its definition and of their starts: those of its
 * definition, where it is known, and those that ran, by its children. Each is in the layer after
 * the last one that leads to it. An edge back to an earlier task, of a loop, moves nothing.
 */
export function taskGraph(children: readonly NodeModel[], plan: readonly PlannedTask[] = []): TaskGraph {
  const executions = new Map<string, number[]>(plan.map(({ name }) => [name, []]));
  for (const { label, id } of children) add(executions, label, id);
  const takenOver = new Set(plan.filter((task) => task.isTakenOver).map(({ name }) => name));
  const named = namedEdges(children, plan, executions);
  const labels = orderOf([...executions.keys()], named);
  const position = new Map(labels.map((label, n) => [label, n]));
  const edges = named.map(([from, to]): Edge => [position.get(from)!, position.get(to)!]);
  const layers = layersOf(labels.length, edges);
  const { rows, via, height } = placeTasks(layers, edges);
  return {
    boxes: labels.map((label, n) => ({
      label,
      executions: executions.get(label)!,
      isTakenOver: takenOver.has(label),
      layer: layers[n]!,
      row: rows[n]!,
    })),
    edges: edges.map(([from, to], n) => ({ from, to, via: via[n]! })),
    layers: layers.reduce((most, layer) => Math.max(most, layer + 1), 0),
    rows: height,
  };
}

function add<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

type NamedEdge = readonly [from: string, to: string];

/** Of the definition, and of the transitions that fired; each once, between known tasks. */
function namedEdges(
  children: readonly NodeModel[],
  plan: readonly PlannedTask[],
  known: ReadonlyMap<string, unknown>,
): NamedEdge[] {
  const planned = plan.flatMap(({ name, next }) => next.map((to): NamedEdge => [name, to]));
  const fired = children.flatMap(({ label, triggeredBy }): NamedEdge[] =>
    triggeredBy === null ? [] : [[triggeredBy, label]],
  );
  const edges = [...planned, ...fired].filter(([from, to]) => known.has(from) && known.has(to));
  return [...new Map(edges.map((edge) => [edge.join('\n'), edge])).values()];
}

/** The labels so that each comes after those that lead to it, but for edges back. */
function orderOf(labels: readonly string[], edges: readonly NamedEdge[]): string[] {
  const next = new Map<string, string[]>();
  for (const [from, to] of edges) add(next, from, to);
  const targets = new Set(edges.filter(([from, to]) => from !== to).map(([, to]) => to));
  const starts = labels.filter((label) => !targets.has(label));
  const seen = new Set<string>();
  const reversed: string[] = [];
  const visit = (start: string): void => {
    const path = [{ label: start, left: [...(next.get(start) ?? [])] }];
    seen.add(start);
    for (let last = path.at(-1); last; last = path.at(-1)) {
      const to = last.left.pop();
      if (to === undefined) reversed.push(path.pop()!.label);
      else if (!seen.has(to)) {
        seen.add(to);
        path.push({ label: to, left: [...(next.get(to) ?? [])] });
      }
    }
  };
  // The second: of a loop that no other task leads to.
  for (const label of [...starts.reverse(), ...labels]) if (!seen.has(label)) visit(label);
  return reversed.reverse();
}

/** Of each position: one after the last one before it that leads to it. */
function layersOf(count: number, edges: readonly Edge[]): number[] {
  const before = new Map<number, number[]>();
  for (const [from, to] of edges) if (from < to) add(before, to, from);
  const layers: number[] = [];
  for (let n = 0; n < count; n++) {
    const own = before.get(n) ?? [];
    layers.push(own.reduce((layer, from) => Math.max(layer, layers[from]! + 1), 0));
  }
  return layers;
}
