import { childExpressions, unchain, type Expression } from './ast';
import { conditionExpressions } from './condition';
import { parse } from './parse';
import { tryEvaluate } from './try-evaluate';

/** Whether a `when` calls a function. One that cannot be parsed calls none. */
export const conditionCalls = (condition: string, name: string): boolean =>
  condition.includes(name) && conditionExpressions(condition).some((source) => sourceCalls(source, name));

function sourceCalls(source: string, name: string): boolean {
  const parsed = tryEvaluate(() => parse(source.trim()));
  return 'value' in parsed && calls(parsed.value, name);
}

function calls(expression: Expression, name: string): boolean {
  const { start, links } = unchain(expression);
  if (start.kind === 'call' && start.name === name) return true;
  return [start, ...links].some((part) => childExpressions(part).some((inner) => calls(inner, name)));
}
