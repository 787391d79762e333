import type { NodeModel } from '../../helpers/run-report/run-model';
import type { TaskBox, TaskEdge, TaskGraph } from '../../helpers/run-report/task-graph';
import { lastAttempts } from './attempts';
import { fitting, type Palette } from './palette';
import { signOfAll, signOfStatus } from './status';

const BOX = { width: 168, height: 38, right: 56, below: 14 };
const MARGIN = 12;
/** Between an edge back and the boxes, or the next one. */
const BACK = { first: 12, next: 7, most: 6 };
/** Of the corners of an edge back. */
const CORNER = 8;

/** A rectangle in a graph, px. */
interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What a graph shows at a moment. */
export interface GraphView {
  readonly graph: TaskGraph;
  readonly nodesOf: (box: TaskBox) => readonly NodeModel[];
  /** The visible part, from the left and the top of the graph, px. */
  readonly scrolled: { readonly left: number; readonly top: number };
  readonly width: number;
  readonly height: number;
  /** Id of an execution, whose task is marked. */
  readonly chosen: number;
  readonly palette: Palette;
}

/** The size of a graph, px. */
export function sizeOf({ boxes, edges, layers, rows }: TaskGraph): { readonly width: number; readonly height: number } {
  const back = Math.min(BACK.most, edges.filter((edge) => isBack(boxes, edge)).length);
  return {
    width: 2 * MARGIN + layers * (BOX.width + BOX.right) - BOX.right,
    height: 2 * MARGIN + bottomOf(rows) - MARGIN + (back === 0 ? 0 : BACK.first + (back - 1) * BACK.next),
  };
}

/** Where the lowest box ends. */
const bottomOf = (rows: number): number => MARGIN + rows * (BOX.height + BOX.below) - BOX.below;

export function areaOf({ layer, row }: Pick<TaskBox, 'layer' | 'row'>): Area {
  const [left, top] = [MARGIN + layer * (BOX.width + BOX.right), MARGIN + row * (BOX.height + BOX.below)];
  return { left, top, right: left + BOX.width, bottom: top + BOX.height };
}

/** Draws what is visible of the tasks, and of the transitions between them. */
export function drawGraph(context: CanvasRenderingContext2D, view: GraphView): void {
  const { graph, scrolled, width, height, palette } = view;
  context.clearRect(0, 0, width, height);
  context.save();
  context.translate(-scrolled.left, -scrolled.top);
  context.font = palette.font;
  context.textBaseline = 'middle';
  context.strokeStyle = palette.faint;
  let back = 0;
  for (const edge of graph.edges) {
    if (isBack(graph.boxes, edge)) drawEdgeBack(context, view, edge, Math.min(back++, BACK.most - 1));
    else drawEdge(context, view, edge);
  }
  for (const box of graph.boxes) if (isVisible(areaOf(box), view)) drawBox(context, view, box);
  context.restore();
}

const isBack = (boxes: readonly TaskBox[], { from, to }: TaskEdge): boolean => boxes[to]!.layer <= boxes[from]!.layer;

const isVisible = ({ left, top, right, bottom }: Area, { scrolled, width, height }: GraphView): boolean =>
  right >= scrolled.left && left <= scrolled.left + width && bottom >= scrolled.top && top <= scrolled.top + height;

/** From the right side of a task to the left side of a later one, between the tasks in between. */
function drawEdge(context: CanvasRenderingContext2D, view: GraphView, { from, to, via }: TaskEdge): void {
  const { boxes } = view.graph;
  const [start, end] = [areaOf(boxes[from]!), areaOf(boxes[to]!)];
  const passed = via.map((row, n) => areaOf({ layer: boxes[from]!.layer + n + 1, row }));
  const tops = [start, ...passed, end].map(({ top }) => top);
  const area = { left: start.right, top: Math.min(...tops), right: end.left, bottom: Math.max(...tops) + BOX.height };
  if (!isVisible(area, view)) return;
  context.beginPath();
  context.moveTo(start.right, middleOf(start));
  let at = start;
  for (const next of [...passed, end]) {
    curveTo(context, at.right, middleOf(at), next.left, middleOf(next));
    context.lineTo(next === end ? next.left : next.right, middleOf(next));
    at = next;
  }
  context.stroke();
  drawHead(context, end.left, middleOf(end));
}

const middleOf = ({ top, bottom }: Area): number => (top + bottom) / 2;

function curveTo(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  const bend = Math.max(24, (x2 - x1) / 2);
  context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
}

/** To a task that is no later one: below all tasks. */
function drawEdgeBack(context: CanvasRenderingContext2D, view: GraphView, { from, to }: TaskEdge, n: number): void {
  const { boxes, rows } = view.graph;
  const [start, end] = [areaOf(boxes[from]!), areaOf(boxes[to]!)];
  const low = bottomOf(rows) + BACK.first + n * BACK.next;
  const [right, left] = [start.right + BACK.first, end.left - BACK.first];
  if (!isVisible({ left, top: Math.min(start.top, end.top), right, bottom: low }, view)) return;
  context.setLineDash([5, 3]);
  context.beginPath();
  context.moveTo(start.right, middleOf(start));
  context.arcTo(right, middleOf(start), right, low, CORNER);
  context.arcTo(right, low, left, low, CORNER);
  context.arcTo(left, low, left, middleOf(end), CORNER);
  context.arcTo(left, middleOf(end), end.left, middleOf(end), CORNER);
  context.lineTo(end.left, middleOf(end));
  context.stroke();
  context.setLineDash([]);
  drawHead(context, end.left, middleOf(end));
}

function drawHead(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.moveTo(x - 6, y - 4);
  context.lineTo(x, y);
  context.lineTo(x - 6, y + 4);
  context.stroke();
}

function drawBox(context: CanvasRenderingContext2D, { nodesOf, chosen, palette }: GraphView, box: TaskBox): void {
  const { left, top } = areaOf(box);
  const nodes = nodesOf(box);
  const isOfEarlier = nodes.length === 0 && box.isTakenOver;
  const { sign, tone } = isOfEarlier ? signOfStatus('completed') : signOfAll(lastAttempts(nodes));
  context.fillStyle = box.executions.includes(chosen) ? palette.chosen : palette.surface;
  context.fillRect(left, top, BOX.width, BOX.height);
  context.strokeStyle = palette[tone];
  context.lineWidth = tone === 'bad' ? 3 : 1.5;
  context.setLineDash(nodes.length === 0 ? [4, 4] : []);
  context.strokeRect(left, top, BOX.width, BOX.height);
  context.setLineDash([]);
  context.lineWidth = 1;
  context.fillStyle = palette[tone];
  context.fillText(sign, left + 8, top + 12);
  context.fillStyle = palette.text;
  context.fillText(fitting(context, box.label, BOX.width - 32), left + 24, top + 12);
  context.fillStyle = palette.faint;
  context.fillText(fitting(context, stateText(box, nodes), BOX.width - 32), left + 24, top + 27);
}

/** `completed`, `3 completed, 1 failed`, `taken over` or `not started`. */
export function stateText({ isTakenOver }: TaskBox, nodes: readonly NodeModel[]): string {
  const counts = new Map<string, number>();
  if (nodes.length === 0) return isTakenOver ? 'taken over' : 'not started';
  for (const { status } of nodes) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (nodes.length === 1) return nodes[0]!.status;
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}
