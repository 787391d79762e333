import type { Budget } from './budget';

/** Up to this length the host's search is fast for every text. */
const SHORT_PATTERN_LENGTH = 8;

type Find = (text: string, from: number) => number;

/** Offset of the first `part` in `text` (UTF-16 units), or -1. */
export function findText(text: string, part: string, budget: Budget): number {
  return createFinder(text, part, budget)(text, 0);
}

/** Splits `text` at every `part`, which is not empty; parts do not overlap. */
export function splitText(text: string, part: string, budget: Budget): string[] {
  const find = createFinder(text, part, budget);
  const pieces: string[] = [];
  let from = 0;
  for (let at = find(text, 0); at !== -1; at = find(text, from)) {
    budget.spend(4);
    pieces.push(text.slice(from, at));
    from = at + part.length;
  }
  pieces.push(text.slice(from));
  return pieces;
}

/**
 * Number of `part` in `text`, not overlapping; an empty one is before each character and at the
 * end.
 */
export function countOccurrences(text: string, part: string, budget: Budget): number {
  if (part !== '') return splitText(text, part, budget).length - 1;
  budget.chargeArray(text.length);
  return Array.from(text).length + 1;
}

function createFinder(text: string, part: string, budget: Budget): Find {
  budget.chargeScan(text);
  budget.spend(part.length);
  return part.length <= SHORT_PATTERN_LENGTH ? (whole, from) => whole.indexOf(part, from) : kmpFinder(part);
}

/**
 * Knuth-Morris-Pratt: the host's search takes 93 s for `a…ab` followed by 200,000 `a` in a million
 * of them.
 */
function kmpFinder(part: string): Find {
  const borders = bordersOf(part);
  return (text, from) => {
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1]!;
      if (part.charCodeAt(matched) === unit) matched++;
      if (matched === part.length) return at - matched + 1;
    }
    return -1;
  };
}

/**
 * For each prefix of the text, the length of its longest proper prefix that is also its suffix.
 */
function bordersOf(part: string): Uint32Array {
  const borders = new Uint32Array(part.length);
  let border = 0;
  for (let at = 1; at < part.length; at++) {
    const unit = part.charCodeAt(at);
    while (border > 0 && part.charCodeAt(border) !== unit) border = borders[border - 1]!;
    if (part.charCodeAt(border) === unit) border++;
    borders[at] = border;
  }
  return borders;
}
