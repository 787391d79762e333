import type { Json } from '../../../contract/json';
import { isNumber } from './exact-arithmetic';

export type BinaryOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

/**
 * A parsed expression. `at` is the offset (UTF-16 units) of the sign or name that an error points
 * to. The left operand of a link is always called `left`, so that a chain of thousands of links is
 * visited in a loop instead of recursively.
 */
export type Expression = Leaf | Link;

export type Leaf =
  | { readonly kind: 'literal'; readonly at: number; readonly value: Json }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'array'; readonly at: number; readonly elements: readonly Expression[] }
  | { readonly kind: 'call'; readonly at: number; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not' | 'minus'; readonly at: number; readonly operand: Expression };

export type Link =
  | { readonly kind: 'member'; readonly at: number; readonly left: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly at: number; readonly left: Expression; readonly index: Expression }
  | {
      readonly kind: 'filter';
      readonly at: number;
      readonly left: Expression;
      readonly name: string;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'and' | 'or'; readonly at: number; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'binary';
      readonly at: number;
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

const isLink = (expression: Expression): expression is Link => 'left' in expression;

/** The chain that ends in `expression`, innermost link first, and the leaf that it starts from. */
export function unchain(expression: Expression): { readonly start: Leaf; readonly links: readonly Link[] } {
  const links: Link[] = [];
  let start = expression;
  while (isLink(start)) {
    links.push(start);
    start = start.left;
  }
  return { start, links: links.reverse() };
}

/** The expressions inside a part of a chain, except its left operand. */
export function childExpressions(part: Expression): readonly Expression[] {
  if (part.kind === 'call' || part.kind === 'filter') return part.args;
  if (part.kind === 'array') return part.elements;
  if (part.kind === 'not' || part.kind === 'minus') return [part.operand];
  if (part.kind === 'index') return [part.index];
  return isLink(part) && 'right' in part ? [part.right] : [];
}

/** The members that the first links of a chain name: `.a['b'][0]` names `a`, `b` and `0`. */
export function staticMembers(links: readonly Link[]): string[] {
  const members: string[] = [];
  for (const link of links) {
    const name = staticMember(link);
    if (name === null) break;
    members.push(name);
  }
  return members;
}

function staticMember(link: Link): string | null {
  if (link.kind === 'member') return link.name;
  if (link.kind !== 'index' || link.index.kind !== 'literal') return null;
  const { value } = link.index;
  return typeof value === 'string' || isNumber(value) ? String(value) : null;
}
