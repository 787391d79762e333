import { childExpressions, unchain, type Expression } from './ast';
import { isMixedText } from './condition';
import { parse } from './parse';
import { segments, wholeExpression } from './segments';
import { tryEvaluate } from './try-evaluate';

/** Whether a `when` calls a function. One that cannot be parsed calls none. */
export const conditionCalls = (condition: string, name: string): boolean =>
  condition.includes(name) && expressionsOf(condition).some((source) => sourceCalls(source, name));

function expressionsOf(condition: string): string[] {
  if (!isMixedText(condition)) return [wholeExpression(condition) ?? condition];
  return Array.from(segments(condition)).flatMap((segment) => (segment.kind === 'expression' ? [segment.text] : []));
}

function sourceCalls(source: string, name: string): boolean {
  const parsed = tryEvaluate(() => parse(source.trim()));
  return 'value' in parsed && calls(parsed.value, name);
}

function calls(expression: Expression, name: string): boolean {
  const { start, links } = unchain(expression);
  if (start.kind === 'call' && start.name === name) return true;
  return [start, ...links].some((part) => childExpressions(part).some((inner) => calls(inner, name)));
}
