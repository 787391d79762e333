import { Budget } from './budget';
import { evaluateWithin } from './evaluate';
import { parse } from './parse';
import { renderMixed } from './render';
import { segments, wholeExpression } from './segments';
import { TemplateError, type Scope } from './types';
import { isTrue } from './truthy';

const FALSE_TEXTS: ReadonlySet<string> = new Set(['', 'false', '0', 'no']);

/**
 * Whether a `when` holds: the truth of a bare expression, or of the one `{{ … }}` that the whole text is. Other text
 * with templates in it is rendered, and the result is false when it is empty, `false`, `0` or `no` in any case.
 * Throws TemplateError; what an error then means is for the caller to decide.
 */
export function condition(text: string, scope: Scope, budget = new Budget()): boolean {
  const expression = (wholeExpression(text) ?? text).trim();
  if (!isMixed(text)) return isTrue(evaluateWithin(expression, scope, budget).value, budget);
  return !FALSE_TEXTS.has(renderMixed(text, scope, budget).value.trim().toLowerCase());
}

/** Text around or between templates. A bare expression may hold `{{ }}` inside a string: it still is an expression. */
export function isMixed(text: string): boolean {
  if (wholeExpression(text) !== null) return false;
  return Array.from(segments(text)).some(({ kind }) => kind === 'expression') && !parses(text.trim());
}

function parses(expression: string): boolean {
  try {
    parse(expression);
    return true;
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}
