import { tokenize, type Token } from '../template/tokenize';

type Truth = boolean | 'fault';

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
 * The smallest part that decides the whole: the first operand of an `or` that is true, the first
 * of an `and` that is false, the one with the fault. Every part is evaluated at most once, in the
 * order and with the short circuits of the whole, which must parse.
 */
export function decidingPart(source: string, evaluateTruth: (text: string) => Truth): string {
  const tokens = tokenize(source);
  const sourceText = ({ from, to }: Range) => source.slice(tokens[from]!.at, tokens[to - 1]!.end);

  const evaluatePart = (range: Range): Part => {
    const alternatives = splitAtKeyword(tokens, range, 'or');
    if (alternatives.length > 1) return firstOtherThan(false, alternatives, range);
    const conjuncts = splitAtKeyword(tokens, range, 'and');
    if (conjuncts.length > 1) return firstOtherThan(true, conjuncts, range);
    const inner = withoutParentheses(tokens, range);
    return inner === null ? { truth: evaluateTruth(sourceText(range)), range } : evaluatePart(inner);
  };

  const firstOtherThan = (expected: boolean, parts: readonly Range[], whole: Range): Part => {
    for (const part of parts) {
      const found = evaluatePart(part);
      if (found.truth !== expected) return found;
    }
    return { truth: expected, range: whole };
  };

  return sourceText(evaluatePart({ from: 0, to: tokens.length - 1 }).range);
}

const depthChange = ({ kind, text }: Token): number => {
  if (kind !== 'sign') return 0;
  return text === '(' || text === '[' ? 1 : text === ')' || text === ']' ? -1 : 0;
};

/** A text may be one, too. */
const isDot = (token: Token | undefined): boolean => token?.kind === 'sign' && token.text === '.';

/** The operands of a keyword that is outside all brackets. After a dot it is a name. */
function splitAtKeyword(tokens: readonly Token[], { from, to }: Range, keyword: 'and' | 'or'): Range[] {
  const parts: Range[] = [];
  let depth = 0;
  let start = from;
  for (let at = from; at < to; at++) {
    const token = tokens[at]!;
    depth += depthChange(token);
    if (depth > 0 || token.kind !== 'keyword' || token.text !== keyword || isDot(tokens[at - 1])) continue;
    parts.push({ from: start, to: at });
    start = at + 1;
  }
  return [...parts, { from: start, to }];
}

/** The range inside one pair of parentheses around the whole; null where there is none. */
function withoutParentheses(tokens: readonly Token[], { from, to }: Range): Range | null {
  if (tokens[from]?.text !== '(' || tokens[from].kind !== 'sign') return null;
  let depth = 0;
  for (let at = from; at < to; at++) {
    depth += depthChange(tokens[at]!);
    if (depth === 0) return at === to - 1 ? { from: from + 1, to: at } : null;
  }
  return null;
}
