import { childExpressions, unchain, type Expression } from '../template/ast';

/** These read the task that ended, so only workflows have them. */
const WORKFLOW_FUNCTIONS = new Set(['result', 'succeeded', 'failed', 'timed_out']);

/** The first part of an expression that only workflows support, as a sentence; null for none. */
export function unsupportedPart(expression: Expression): string | null {
  const { start, links } = unchain(expression);
  for (const part of [start, ...links]) {
    if (part.kind === 'call' && WORKFLOW_FUNCTIONS.has(part.name))
      return `${part.name}() is for workflows only: a rule reads the event`;
    for (const inner of childExpressions(part)) {
      const found = unsupportedPart(inner);
      if (found !== null) return found;
    }
  }
  return null;
}
