import type { Sign } from './status';

/** The colors of the style sheet, as a canvas needs them. */
export interface Palette extends Readonly<Record<Sign['tone'], string>> {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly chosen: string;
  readonly font: string;
}

const NAMES = ['good', 'bad', 'warn', 'calm', 'text', 'faint', 'line', 'surface', 'chosen', 'font'] as const;

/** The colors of the theme in which an element is shown now. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as unknown as Palette;
}

/** A canvas of this size, sharp on a dense screen; null where the browser has none. */
export function sharpContext(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  context?.scale(ratio, ratio);
  return context;
}

/** The text, or as much of its start as fits the width. */
export function fitting(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) fits = middle;
    else tooLong = middle;
  }
  return fits === 0 ? '' : `${text.slice(0, fits)}…`;
}
