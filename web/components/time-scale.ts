/** A time in which something happened, epoch ms. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Times in which nothing happened, which the scale shows as one mark of a fixed width. */
interface Fold extends Span {
  /** Position of its start and its end, 0 to 1. */
  readonly at: number;
  readonly until: number;
}

export interface TimeScale {
  readonly from: number;
  readonly to: number;
  readonly folds: readonly Fold[];
  /** Position of an instant, 0 the start and 1 the end. */
  position(instant: number): number;
}

/** A gap is folded from this part of all times in which something happened. */
const FOLDED_FROM = 0.25;
/** Width of a fold, as a part of the scale. */
const FOLD_WIDTH = 0.04;
/** Shorter gaps are never folded, ms. */
const SHORTEST_FOLD = 1_000;

/** A scale over the spans, in which each long gap between them is folded. */
export function timeScale(spans: readonly Span[]): TimeScale {
  const busy = union(spans);
  const from = busy[0]?.from ?? 0;
  const to = busy.at(-1)?.to ?? from;
  const busyMs = busy.reduce((sum, span) => sum + span.to - span.from, 0);
  const gaps = busy
    .slice(1)
    .map((span, n) => ({ from: busy[n]!.to, to: span.from }))
    .filter((gap) => gap.to - gap.from > Math.max(SHORTEST_FOLD, FOLDED_FROM * busyMs));
  const shownMs = Math.max(1, to - from - gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0));
  const rest = 1 - Math.min(0.6, FOLD_WIDTH * gaps.length);
  const width = gaps.length === 0 ? 0 : (1 - rest) / gaps.length;

  const position = (instant: number): number => {
    let shown = instant - from;
    let folded = 0;
    for (const gap of gaps) {
      if (instant <= gap.from) break;
      const part = Math.min(instant, gap.to) - gap.from;
      shown -= part;
      folded += width * (part / (gap.to - gap.from));
    }
    return (shown / shownMs) * rest + folded;
  };
  const folds = gaps.map((gap) => ({ ...gap, at: position(gap.from), until: position(gap.to) }));
  return { from, to, folds, position };
}

/** The spans as disjoint ones, in order. */
function union(spans: readonly Span[]): Span[] {
  const disjoint: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = disjoint.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else disjoint.push({ from, to });
  }
  return disjoint;
}

/** `1.250 s`, `3 min 5 s`, `2 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 3 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** The same of a time that passes: whole seconds. */
export const elapsedText = (ms: number): string =>
  ms < 60_000 ? `${Math.max(0, Math.floor(ms / 1_000))} s` : durationText(ms);

/** A time after the start, to the millisecond: `1.204 s`. */
export const offsetText = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;
