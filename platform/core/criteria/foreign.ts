import { isLink, unchain, type Expression } from '../template/ast';

/** Of workflows only: they ask about the task that ended. */
const OUTCOMES = new Set(['result', 'succeeded', 'failed', 'timed_out']);

/** What in an expression is for workflows and not for criteria, as a sentence; null where nothing is. */
export function foreignPart(expression: Expression): string | null {
  const { start, links } = unchain(expression);
  for (const part of [start, ...links]) {
    if (part.kind === 'filter') return `filters are for workflows only: write a function instead of \`| ${part.name}\``;
    if (part.kind === 'call' && OUTCOMES.has(part.name)) return `${part.name}() is for workflows only`;
    for (const inner of partsOf(part)) {
      const found = foreignPart(inner);
      if (found !== null) return found;
    }
  }
  return null;
}

/** The expressions inside a part, what it continues aside. */
function partsOf(part: Expression): readonly Expression[] {
  if (part.kind === 'call' || part.kind === 'filter') return part.args;
  if (part.kind === 'array') return part.elements;
  if (part.kind === 'not' || part.kind === 'minus') return [part.operand];
  if (part.kind === 'index') return [part.index];
  return isLink(part) && 'right' in part ? [part.right] : [];
}
