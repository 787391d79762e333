/** What exceeded a budget. */
export interface Exceeded {
  /** Its value, as a multiple of the budget. */
  readonly factor: number;
  readonly text: string;
}

const MAX_LINES = 5;

/** The worst first; of many, the rest is one line with their number. */
export function worstLines(exceeded: readonly Exceeded[], rest: (count: number) => string): string[] {
  const worst = [...exceeded].sort((a, b) => b.factor - a.factor);
  const left = worst.length - MAX_LINES;
  return [...worst.slice(0, MAX_LINES).map(({ text }) => text), ...(left > 0 ? [rest(left)] : [])];
}
