import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { NodeModel } from '../../helpers/run-report/run-model';
import type { TaskBox, TaskGraph } from '../../helpers/run-report/task-graph';
import { firstTroubled } from './attempts';
import { areaOf, drawGraph, sizeOf, stateText } from './draw-graph';
import { readPalette, sharpContext } from './palette';
import { useTheme } from './theme';
import { useWidth } from './use-width';

/** Beyond it the graph scrolls, px. */
const HIGHEST = 440;
/** Kept free around the chosen task, px. */
const AROUND = 30;
/** Tasks that the text of the graph names. */
const NAMED_TASKS = 100;

interface Props {
  readonly graph: TaskGraph;
  /** The tree of its executions. */
  readonly nodes: readonly NodeModel[];
  /** Id of an execution, whose task is marked. */
  readonly chosen: number;
  choose(id: number): void;
}

/** The tasks of one workflow, with the transitions between them: the visible part is drawn. */
export function Graph({ graph, nodes, chosen, choose }: Props) {
  const { box: viewport, width } = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [scrolled, setScrolled] = useState({ left: 0, top: 0 });
  const byId = useMemo(() => new Map(nodes.map((node) => [node.id, node])), [nodes]);
  const nodesOf = (box: TaskBox): NodeModel[] => box.executions.flatMap((id) => byId.get(id) ?? []);
  const whole = useMemo(() => sizeOf(graph), [graph]);
  const size = { width: Math.min(width, whole.width), height: Math.min(HIGHEST, whole.height) };
  useTheme();

  useLayoutEffect(() => {
    const shown = graph.boxes.find(({ executions }) => executions.includes(chosen));
    if (shown && viewport.current && width > 0) scrollTo(viewport.current, areaOf(shown));
  }, [graph, chosen, width]);

  useEffect(() => {
    const context = canvas.current && width > 0 ? sharpContext(canvas.current, size.width, size.height) : null;
    if (!context || !canvas.current) return;
    drawGraph(context, { graph, nodesOf, scrolled, ...size, chosen, palette: readPalette(canvas.current) });
  });

  const onClick = ({ offsetX, offsetY }: MouseEvent): void => {
    const [x, y] = [offsetX + scrolled.left, offsetY + scrolled.top];
    const box = graph.boxes.find((each) => {
      const { left, top, right, bottom } = areaOf(each);
      return x >= left && x <= right && y >= top && y <= bottom;
    });
    const node = box && firstTroubled(nodesOf(box));
    if (node) choose(node.id);
  };
  const text = useMemo(() => textOf(graph, nodesOf), [graph, byId]);
  return (
    <div
      class="graph"
      ref={viewport}
      style={{ maxHeight: `${HIGHEST}px` }}
      tabIndex={0}
      role="group"
      aria-label="Graph of the tasks"
      onScroll={({ currentTarget }) => setScrolled({ left: currentTarget.scrollLeft, top: currentTarget.scrollTop })}
    >
      <div style={{ width: `${whole.width}px`, height: `${whole.height}px` }}>
        <canvas ref={canvas} onClick={onClick} role="img" aria-label={text} />
      </div>
    </div>
  );
}

/** The least that shows an area, with what is around it. */
function scrollTo(viewport: HTMLElement, { left, top, right, bottom }: ReturnType<typeof areaOf>): void {
  const { scrollLeft, scrollTop, clientWidth, clientHeight } = viewport;
  viewport.scrollTo({
    left: Math.max(0, right + AROUND - clientWidth, Math.min(scrollLeft, left - AROUND)),
    top: Math.max(0, bottom + AROUND - clientHeight, Math.min(scrollTop, top - AROUND)),
  });
}

function textOf({ boxes }: TaskGraph, nodesOf: (box: TaskBox) => readonly NodeModel[]): string {
  const named = boxes.slice(0, NAMED_TASKS).map((box) => `${box.label} ${stateText(box, nodesOf(box))}`);
  return [...named, ...(named.length < boxes.length ? [`and ${boxes.length - named.length} others`] : [])].join('; ');
}
