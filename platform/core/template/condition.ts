import { holdsSecret } from '../secrets/taint';
import { Budget } from './budget';
import { evaluateWithin, type TaintedValue } from './evaluate';
import { parse } from './parse';
import { renderMixed } from './render';
import { expressionsIn, segments, wholeExpression } from './segments';
import { TemplateError, type Scope } from './types';
import { isTruthyWithin } from './truthy';

const FALSE_TEXTS: ReadonlySet<string> = new Set(['', 'false', '0', 'no']);

/**
 * Evaluates a `when`. A bare expression, or a text that is one `{{ … }}`, is tested for truth.
 * Other text with templates is rendered, and false if the result is empty, `false`, `0` or `no` in
 * any case. Throws TemplateError.
 */
export function evaluateCondition(text: string, scope: Scope, budget = new Budget()): boolean {
  const expression = (wholeExpression(text) ?? text).trim();
  if (!isMixedText(text))
    return isTruthyWithin(decisive(evaluateWithin(expression, scope, budget), scope).value, budget);
  return !FALSE_TEXTS.has(
    decisive(renderMixed(text, scope, budget), scope)
      .value.trim()
      .toLowerCase(),
  );
}

/** A value on which the workflow decides. */
function decisive<V extends TaintedValue>(value: V, scope: Scope): V {
  if (holdsSecret(value.taint)) scope.onSecretDecision?.();
  return value;
}

/** The expressions of a `when`, bare or in a text. */
export const conditionExpressions = (text: string): string[] =>
  isMixedText(text) ? expressionsIn(text) : [wholeExpression(text) ?? text];

/**
 * Text around or between templates. A bare expression stays one if a string in it holds `{{ }}`.
 */
export function isMixedText(text: string): boolean {
  if (wholeExpression(text) !== null) return false;
  return hasExpression(text) && !canParse(text.trim());
}

function hasExpression(text: string): boolean {
  for (const { kind } of segments(text)) if (kind === 'expression') return true;
  return false;
}

function canParse(expression: string): boolean {
  try {
    parse(expression);
    return true;
  } catch (error) {
    if (error instanceof TemplateError) return false;
    throw error;
  }
}
