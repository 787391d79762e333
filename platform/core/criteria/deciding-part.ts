import { tokenize, type Token } from '../template/tokenize';

export type Truth = boolean | 'fault';

/** Tokens `from` to `to` of an expression. */
interface Range {
  readonly from: number;
  readonly to: number;
}

interface Part {
  readonly truth: Truth;
  readonly range: Range;
}

/**
 * The smallest part that settles the whole: the first of an `or` that holds, the first of an `and` that does not, the one
 * with the fault. Every part is asked once at most, in the order and with the shortcuts of the whole, which must parse.
 */
export function decidingPart(source: string, truthOf: (text: string) => Truth): string {
  const tokens = tokenize(source);
  const textOf = ({ from, to }: Range) => source.slice(tokens[from]!.at, tokens[to - 1]!.end);

  const settle = (range: Range): Part => {
    const choices = split(tokens, range, 'or');
    if (choices.length > 1) return firstThatIsNot(false, choices, range);
    const musts = split(tokens, range, 'and');
    if (musts.length > 1) return firstThatIsNot(true, musts, range);
    const inner = unwrapped(tokens, range);
    return inner === null ? { truth: truthOf(textOf(range)), range } : settle(inner);
  };

  const firstThatIsNot = (expected: boolean, parts: readonly Range[], whole: Range): Part => {
    for (const part of parts) {
      const found = settle(part);
      if (found.truth !== expected) return found;
    }
    return { truth: expected, range: whole };
  };

  return textOf(settle({ from: 0, to: tokens.length - 1 }).range);
}

const depthChange = ({ kind, text }: Token): number => {
  if (kind !== 'sign') return 0;
  return text === '(' || text === '[' ? 1 : text === ')' || text === ']' ? -1 : 0;
};

/** Parts of a range at every `word` that stands in no bracket. Behind a dot it is a name. */
function split(tokens: readonly Token[], { from, to }: Range, word: 'and' | 'or'): Range[] {
  const parts: Range[] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < to; at++) {
    const token = tokens[at]!;
    depth += depthChange(token);
    if (depth > 0 || token.kind !== 'keyword' || token.text !== word || tokens[at - 1]?.text === '.') continue;
    parts.push({ from: start, to: at });
    start = at + 1;
  }
  return [...parts, { from: start, to }];
}

/** What stands inside one pair of brackets around the whole range; null where there is none. */
function unwrapped(tokens: readonly Token[], { from, to }: Range): Range | null {
  if (tokens[from]?.text !== '(' || tokens[from].kind !== 'sign') return null;
  let depth = 0;
  for (let at = from; at < to; at++) {
    depth += depthChange(tokens[at]!);
    if (depth === 0) return at === to - 1 ? { from: from + 1, to: at } : null;
  }
  return null;
}
