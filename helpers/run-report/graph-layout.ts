import { hierarchy, tree } from 'd3-hierarchy';

/** The positions of two tasks. */
export type Edge = readonly [from: number, to: number];

interface Places {
  /** Of each task, from the top, in heights of a box. */
  readonly rows: readonly number[];
  /** Of each edge: the rows at which it passes layers; none: it is straight. */
  readonly via: readonly (readonly number[])[];
  readonly height: number;
}

/** A task in the tree, or one step of an edge that passes a layer. */
interface Place {
  readonly isTask: boolean;
  readonly children: Place[];
  row: number;
}

/** Height of an edge that passes a layer, in heights of a box. */
const LANE = 0.4;
/** A longer edge has no lane of its own: many of them would make the graph high. */
const MOST_LAYERS = 12;

/**
 * The rows of tasks whose layers are known, as a tidy tree: a task is beside the middle one of
 * those in the layer before that lead to it. Another edge that passes layers has a lane in each,
 * so that it crosses no task. Of the same layer, tasks have the order of their positions.
 */
export function placeTasks(layers: readonly number[], edges: readonly Edge[]): Places {
  const places = layers.map((): Place => ({ isTask: true, children: [], row: 0 }));
  const parents = parentsOf(layers, edges);
  const lanes = edges.map(([from, to]): Place[] => {
    const passed = layers[to]! - layers[from]! - 1;
    const isLane = passed > 0 && passed <= MOST_LAYERS;
    return isLane ? Array.from({ length: passed }, () => ({ isTask: false, children: [], row: 0 })) : [];
  });
  lanes.forEach((lane) => lane.forEach((place, n) => lane[n - 1]?.children.push(place)));
  const root: Place = { isTask: false, children: [], row: 0 };
  const starts = [
    ...places.map((place, to) => ({ place, from: parents[to]!, to })),
    ...lanes.flatMap(([place], n) => (place ? [{ place, from: edges[n]![0], to: edges[n]![1] }] : [])),
  ].sort((one, other) => one.to - other.to);
  for (const { place, from } of starts) (places[from] ?? root).children.push(place);
  const height = setRows(root);
  return { rows: places.map(({ row }) => row), via: lanes.map((lane) => lane.map(({ row }) => row)), height };
}

/** Of each task: the middle one of those in the layer before that lead to it; -1: none does. */
function parentsOf(layers: readonly number[], edges: readonly Edge[]): number[] {
  const candidates = layers.map((): number[] => []);
  for (const [from, to] of edges) if (layers[from] === layers[to]! - 1) candidates[to]!.push(from);
  return candidates.map((own) => own.sort((one, other) => one - other)[(own.length - 1) >> 1] ?? -1);
}

/** Sets the rows of what is below the root, the first one 0. Returns how many rows there are. */
function setRows(root: Place): number {
  const layout = tree<Place>()
    .nodeSize([1, 1])
    .separation((one, other) => (sizeOf(one.data) + sizeOf(other.data)) / 2);
  const placed = layout(hierarchy(root)).descendants().slice(1);
  const top = placed.reduce((least, { x }) => Math.min(least, x), Infinity);
  for (const { data, x } of placed) data.row = Math.round((x - top) * 100) / 100;
  return placed.reduce((most, { data }) => Math.max(most, data.row + 1), 0);
}

const sizeOf = ({ isTask }: Place): number => (isTask ? 1 : LANE);
