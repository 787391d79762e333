import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { NodeModel } from '../../helpers/run-report/run-model';
import { firstTroubled, lastAttempts } from './attempts';
import { fitting, readPalette, sharpContext, type Palette } from './palette';
import { signOfAll, signOfStatus } from './status';
import { childrenOf, taskGraph, type PlannedTask, type TaskBox, type TaskGraph } from './task-graph';
import { useTheme } from './theme';

const BOX = { width: 168, height: 38, right: 56, below: 14 };
const MARGIN = 12;

/** A workflow of a tree, in which an execution can be chosen. */
export interface GraphProps {
  readonly nodes: readonly NodeModel[];
  /** Id of a workflow's execution. */
  readonly workflow: number;
  /** Id of an execution, whose task is marked. */
  readonly chosen: number;
  choose(id: number): void;
  /** The tasks of its definition; absent: those that ran are shown. */
  readonly plan?: readonly PlannedTask[];
}

/** The tasks of one workflow, with the transitions between them. */
export function Graph({ nodes, workflow, chosen, choose, plan }: GraphProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useTheme();
  const graph = useMemo(() => {
    const position = nodes.findIndex(({ id }) => id === workflow);
    return taskGraph(position === -1 ? [] : childrenOf(nodes, position), plan);
  }, [nodes, workflow, plan]);
  const width = 2 * MARGIN + graph.layers * (BOX.width + BOX.right) - BOX.right;
  const height = 2 * MARGIN + graph.rows * (BOX.height + BOX.below) - BOX.below;

  useEffect(() => {
    const context = canvas.current && graph.boxes.length > 0 ? sharpContext(canvas.current, width, height) : null;
    if (context && canvas.current) drawGraph(context, graph, chosen, readPalette(canvas.current));
  });

  const onClick = ({ offsetX, offsetY }: MouseEvent): void => {
    const box = graph.boxes.find((each) => {
      const { x, y } = cornerOf(each);
      return offsetX >= x && offsetX <= x + BOX.width && offsetY >= y && offsetY <= y + BOX.height;
    });
    const node = box && firstTroubled(box.nodes);
    if (node) choose(node.id);
  };
  if (graph.boxes.length === 0) return null;
  const text = graph.boxes.map((box) => `${box.label} ${stateText(box)}`).join('; ');
  return (
    <div class="graph" tabIndex={0} role="group" aria-label="Graph of the tasks">
      <canvas ref={canvas} onClick={onClick} role="img" aria-label={text} />
    </div>
  );
}

const cornerOf = ({ layer, row }: TaskBox) => ({
  x: MARGIN + layer * (BOX.width + BOX.right),
  y: MARGIN + row * (BOX.height + BOX.below),
});

function drawGraph(context: CanvasRenderingContext2D, graph: TaskGraph, chosen: number, palette: Palette): void {
  const boxes = new Map(graph.boxes.map((box) => [box.label, box]));
  context.font = palette.font;
  context.textBaseline = 'middle';
  context.strokeStyle = palette.faint;
  for (const [from, to] of graph.edges) drawEdge(context, boxes.get(from)!, boxes.get(to)!);
  for (const box of graph.boxes)
    drawBox(
      context,
      box,
      box.nodes.some(({ id }) => id === chosen),
      palette,
    );
}

function drawEdge(context: CanvasRenderingContext2D, from: TaskBox, to: TaskBox): void {
  const [start, end] = [cornerOf(from), cornerOf(to)];
  const [x1, y1] = [start.x + BOX.width, start.y + BOX.height / 2];
  const [x2, y2] = [end.x, end.y + BOX.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  context.beginPath();
  context.moveTo(x1, y1);
  context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  context.moveTo(x2 - 6, y2 - 4);
  context.lineTo(x2, y2);
  context.lineTo(x2 - 6, y2 + 4);
  context.stroke();
}

function drawBox(context: CanvasRenderingContext2D, box: TaskBox, isChosen: boolean, palette: Palette): void {
  const { x, y } = cornerOf(box);
  const isOfEarlier = box.nodes.length === 0 && box.isTakenOver;
  const { sign, tone } = isOfEarlier ? signOfStatus('completed') : signOfAll(lastAttempts(box.nodes));
  context.fillStyle = isChosen ? palette.chosen : palette.surface;
  context.fillRect(x, y, BOX.width, BOX.height);
  context.strokeStyle = palette[tone];
  context.lineWidth = tone === 'bad' ? 3 : 1.5;
  context.setLineDash(box.nodes.length === 0 ? [4, 4] : []);
  context.strokeRect(x, y, BOX.width, BOX.height);
  context.setLineDash([]);
  context.lineWidth = 1;
  context.fillStyle = palette[tone];
  context.fillText(sign, x + 8, y + 12);
  context.fillStyle = palette.text;
  context.fillText(fitting(context, box.label, BOX.width - 32), x + 24, y + 12);
  context.fillStyle = palette.faint;
  context.fillText(fitting(context, stateText(box), BOX.width - 32), x + 24, y + 27);
}

/** `completed`, `3 completed, 1 failed`, `taken over` or `not started`. */
function stateText({ nodes, isTakenOver }: TaskBox): string {
  const counts = new Map<string, number>();
  if (nodes.length === 0) return isTakenOver ? 'taken over' : 'not started';
  for (const { status } of nodes) counts.set(status, (counts.get(status) ?? 0) + 1);
  if (nodes.length === 1) return nodes[0]!.status;
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}
