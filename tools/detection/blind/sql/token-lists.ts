import type { Range } from '../../source/find-part';
import type { Token } from '../../source/tokens';

const OPENING = new Set(['(', '[']);
const CLOSING = new Set([')', ']']);
/** They end a statement, or the text of a template literal or of a function. */
const isEnd = (text: string): boolean => text === ';' || text === '`' || text.includes('$$');

/**
 * The first token from `n` on that `isLimit` holds for, at the depth of brackets of token `n`; the
 * end of that depth, or of the statement, if there is none before. `step` -1 searches backwards.
 */
export function limitFrom(
  tokens: readonly Token[],
  n: number,
  isLimit: (text: string) => boolean,
  step: 1 | -1 = 1,
): number {
  const [open, close] = step === 1 ? [OPENING, CLOSING] : [CLOSING, OPENING];
  let depth = 0;
  for (let at = n; at >= 0 && at < tokens.length; at += step) {
    const { text } = tokens[at]!;
    if (depth === 0 && (close.has(text) || isEnd(text) || isLimit(text))) return at;
    if (open.has(text)) depth++;
    if (close.has(text)) depth--;
  }
  return step === 1 ? tokens.length : -1;
}

/** The parts of a list between commas: the token at which each begins, and the one after it. */
export function partsOf(tokens: readonly Token[], from: number, to: number): [number, number][] {
  const parts: [number, number][] = [];
  for (let start = from; start < to;) {
    const end = Math.min(
      to,
      limitFrom(tokens, start, (text) => text === ','),
    );
    parts.push([start, end]);
    start = end + 1;
  }
  return parts;
}

/** Of the tokens from `from` to before `to`. */
export const rangeBetween = (tokens: readonly Token[], from: number, to: number): Range => ({
  start: tokens[from]!.start,
  end: tokens[to - 1]!.end,
});

/** Of part `n` with the comma that separates it from another one. */
export function rangeOfPart(tokens: readonly Token[], parts: readonly (readonly [number, number])[], n: number): Range {
  const [from, to] = parts[n]!;
  const next = parts[n + 1];
  if (next) return { start: tokens[from]!.start, end: tokens[next[0]]!.start };
  return { start: tokens[from - 2]!.end, end: tokens[to - 1]!.end };
}
