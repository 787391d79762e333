import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { NodeModel } from '../../helpers/run-report/run-model';
import { busySpans } from './busy-spans';
import { AXIS_HEIGHT, drawTimeline, openerWidth, ROW_HEIGHT } from './draw-timeline';
import { readPalette, sharpContext } from './palette';
import { rowText, type Row } from './rows';
import { durationText, timeScale } from './time-scale';
import { useRows } from './use-rows';
import { useTheme } from './theme';
import { useWidth } from './use-width';

/** Beyond it the rows scroll, px. */
const HIGHEST = 440;

interface Props {
  readonly nodes: readonly NodeModel[];
  readonly chosen: number | null;
  choose(id: number): void;
  /** The time now, epoch ms, up to which an execution without an end is drawn; null: nothing runs. */
  readonly now: number | null;
}

/** The executions of a tree as rows, with the times in which they waited and ran. */
export function Timeline({ nodes, chosen, choose, now }: Props) {
  const { rows, at, toggle, select, press } = useRows(nodes, chosen, choose);
  const [scrolled, setScrolled] = useState(0);
  const { box, width } = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = useMemo(() => timeScale(busySpans(nodes, now)), [nodes, now]);
  const height = Math.min(HIGHEST, AXIS_HEIGHT + rows.length * ROW_HEIGHT);
  useTheme();
  useEffect(() => {
    const context = canvas.current && width > 0 ? sharpContext(canvas.current, width, height) : null;
    if (!context || !canvas.current) return;
    drawTimeline(context, { rows, scale, width, height, scrolled, chosen: at, palette: readPalette(canvas.current) });
  });

  const onClick = ({ offsetX, offsetY }: MouseEvent): void => {
    const row = rows[Math.floor((offsetY - AXIS_HEIGHT + scrolled) / ROW_HEIGHT)];
    if (!row || offsetY < AXIS_HEIGHT) return;
    if (offsetX < openerWidth(row) && canToggle(row)) toggle(row);
    else select(row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const shown = press(event.key);
    if (shown === null) return;
    event.preventDefault();
    box.current?.scrollTo({ top: keptVisible(box.current.scrollTop, shown, height) });
  };
  const current = rows[at];
  return (
    <div
      class="timeline"
      ref={box}
      style={{ height: `${height + 2}px` }}
      tabIndex={0}
      role="application"
      aria-label="Timeline of executions: arrow keys choose and open, Enter opens a list"
      onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: `${AXIS_HEIGHT + rows.length * ROW_HEIGHT}px` }}>
        <canvas ref={canvas} onClick={onClick} aria-hidden="true" />
      </div>
      <span class="hidden" aria-live="polite">
        {current ? spoken(current) : ''}
      </span>
    </div>
  );
}

const canToggle = (row: Row): boolean => row.kind === 'folded' || row.isOpen !== null;

function spoken(row: Row): string {
  if (row.kind === 'folded') return rowText(row);
  const { status, started, finished } = row.node;
  const took = started === null || finished === null ? '' : `, ${durationText(finished - started)}`;
  return `${rowText(row)}: ${status}${took}`;
}

/** Where the rows must be scrolled to, so that one of them is seen. */
function keptVisible(top: number, row: number, height: number): number {
  const above = row * ROW_HEIGHT;
  return Math.max(Math.min(top, above), above + ROW_HEIGHT - (height - AXIS_HEIGHT));
}
