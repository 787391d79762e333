import type { NodeModel } from '../../helpers/run-report/run-model';
import { fitting, type Palette } from './palette';
import { rowText, type Row } from './rows';
import { signOfAll, signOfStatus } from './status';
import { durationText, type TimeScale } from './time-scale';

export const ROW_HEIGHT = 22;
export const AXIS_HEIGHT = 24;
const INDENT = 14;
const SHORTEST_BAR = 2;

/** What a timeline shows at a moment. */
export interface TimelineView {
  readonly rows: readonly Row[];
  readonly scale: TimeScale;
  readonly width: number;
  readonly height: number;
  /** Of the rows above the first visible one, px. */
  readonly scrolled: number;
  /** Position of the chosen row; -1: none. */
  readonly chosen: number;
  readonly palette: Palette;
}

const labelWidth = (width: number): number => Math.min(360, Math.round(width * 0.45));

/** Draws the visible rows: sign and name on the left, waiting and running times on the right. */
export function drawTimeline(context: CanvasRenderingContext2D, view: TimelineView): void {
  const { rows, width, height, scrolled, palette } = view;
  context.clearRect(0, 0, width, height);
  context.font = palette.font;
  context.textBaseline = 'middle';
  drawFolds(context, view);
  const first = Math.floor(scrolled / ROW_HEIGHT);
  const last = Math.min(rows.length, Math.ceil((scrolled + height - AXIS_HEIGHT) / ROW_HEIGHT));
  for (let n = first; n < last; n++) drawRow(context, view, n, AXIS_HEIGHT + n * ROW_HEIGHT - scrolled);
  drawAxis(context, view);
}

function drawRow(context: CanvasRenderingContext2D, view: TimelineView, n: number, top: number): void {
  const { palette, width, chosen } = view;
  const row = view.rows[n]!;
  if (n === chosen) {
    context.fillStyle = palette.chosen;
    context.fillRect(0, top, width, ROW_HEIGHT);
  }
  const nodes = row.kind === 'node' ? [row.node] : row.nodes;
  const { sign, tone } = row.kind === 'node' ? signOfStatus(row.node.status) : signOfAll(row.nodes);
  const middle = top + ROW_HEIGHT / 2;
  const left = leftOf(row);
  context.fillStyle = palette.faint;
  context.fillText(openSign(row), left, middle);
  context.fillStyle = palette[tone];
  context.fillText(sign, left + 14, middle);
  context.fillStyle = palette.text;
  context.fillText(fitting(context, rowText(row), labelWidth(width) - left - 36), left + 30, middle);
  for (const node of nodes) drawBar(context, view, node, top);
}

const leftOf = (row: Row): number => 8 + (row.kind === 'node' ? row.node.depth : row.depth) * INDENT;

/** How far from the left a click opens or closes a row, px. */
export const openerWidth = (row: Row): number => leftOf(row) + INDENT;

const openSign = (row: Row): string => {
  if (row.kind === 'folded' || row.isOpen === false) return '▸';
  return row.isOpen ? '▾' : '';
};

function drawBar(context: CanvasRenderingContext2D, view: TimelineView, node: NodeModel, top: number): void {
  const { scale, palette } = view;
  const x = placeOf(view);
  const start = node.started ?? node.finished ?? node.created;
  const end = node.finished ?? (node.hasEnded ? start : scale.to);
  context.fillStyle = palette.line;
  const waited = x(start) - x(node.created);
  context.fillRect(x(node.created), top + ROW_HEIGHT / 2 - 1, waited, 2);
  context.fillStyle = palette[signOfStatus(node.status).tone];
  context.globalAlpha = node.hasEnded ? 1 : 0.5;
  context.fillRect(x(start), top + 5, Math.max(SHORTEST_BAR, x(end) - x(start)), ROW_HEIGHT - 10);
  context.globalAlpha = 1;
}

/** Where an instant is, px from the left. */
function placeOf({ scale, width }: Pick<TimelineView, 'scale' | 'width'>): (instant: number) => number {
  const left = labelWidth(width);
  return (instant) => left + scale.position(instant) * (width - left - 16);
}

function drawFolds(context: CanvasRenderingContext2D, view: TimelineView): void {
  const { scale, height, width, palette } = view;
  const left = labelWidth(width);
  context.fillStyle = palette.surface;
  for (const { at, until } of scale.folds) {
    const x = left + at * (width - left - 16);
    context.fillRect(x, AXIS_HEIGHT, (until - at) * (width - left - 16), height);
  }
}

function drawAxis(context: CanvasRenderingContext2D, view: TimelineView): void {
  const { scale, width, palette } = view;
  const x = placeOf(view);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, AXIS_HEIGHT);
  context.fillStyle = palette.faint;
  context.fillText('0', labelWidth(width), AXIS_HEIGHT / 2);
  const end = durationText(scale.to - scale.from);
  let right = width - 8 - context.measureText(end).width;
  context.fillText(end, right, AXIS_HEIGHT / 2);
  for (const { from, to } of scale.folds.toReversed()) {
    const text = `⋯ ${durationText(to - from)}`;
    const { width: own } = context.measureText(text);
    const left = Math.min((x(from) + x(to) - own) / 2, right - own - 12);
    if (left < x(scale.from) + 16) return; // there is no place for more
    context.fillText(text, left, AXIS_HEIGHT / 2);
    right = left;
  }
}
