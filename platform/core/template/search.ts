import type { Budget } from './budget';

/** Up to this length the host's search is fast for every text. */
const SHORT = 8;

type Find = (text: string, from: number) => number;

/** Where `part` stands in `text` first (UTF-16 units), or -1. */
export function position(text: string, part: string, budget: Budget): number {
  return finder(text, part, budget)(text, 0);
}

/** `text` cut at every `part`, which is not empty; parts do not overlap. */
export function cut(text: string, part: string, budget: Budget): string[] {
  const find = finder(text, part, budget);
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

/** How often `part` stands in `text`, not overlapping; an empty one stands before each character and at the end. */
export function occurrences(text: string, part: string, budget: Budget): number {
  if (part !== '') return cut(text, part, budget).length - 1;
  budget.collect(text.length);
  return Array.from(text).length + 1;
}

function finder(text: string, part: string, budget: Budget): Find {
  budget.scan(text);
  budget.spend(part.length);
  return part.length <= SHORT ? (whole, from) => whole.indexOf(part, from) : linear(part);
}

/** Knuth, Morris and Pratt: the host's search takes 93 s for `a…ab` followed by 200,000 `a` in a million of them. */
function linear(part: string): Find {
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

/** For every beginning of the text, the length of its longest proper beginning that is also its end. */
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
