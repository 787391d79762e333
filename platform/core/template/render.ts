import type { Json } from '../../../contract/json';
import { Budget, MAX_DEPTH, tooDeep } from './budget';
import { evaluateWithin } from './evaluate';
import { Fault } from './fault';
import { segments, wholeExpression } from './segments';
import { TemplateError, type Scope } from './types';
import { interpolated } from './values';

/**
 * The value with every template in it replaced: a text that is one `{{ … }}` by the typed value, other text by text.
 * Arrays and objects all the way down, keys never; what a template produced is not read again; an unclosed `{{` is
 * text. One budget for the whole value. Throws TemplateError whose `expression` and `column` are those of the one
 * expression at fault.
 */
export const render = (value: Json, scope: Scope): Json => renderWithin(value, scope, new Budget(), 0);

function renderWithin(value: Json, scope: Scope, budget: Budget, depth: number): Json {
  if (typeof value === 'string') return renderText(value, scope, budget);
  if (value === null || typeof value !== 'object') return value;
  if (depth >= MAX_DEPTH) throw unplaced(tooDeep());
  if (Array.isArray(value)) return value.map((part) => renderWithin(part, scope, budget, depth + 1));
  const member = ([key, part]: [string, Json]): [string, Json] => [key, renderWithin(part, scope, budget, depth + 1)];
  return Object.fromEntries(Object.entries(value).map(member));
}

function renderText(text: string, scope: Scope, budget: Budget): Json {
  if (!text.includes('{{')) return text;
  const whole = wholeExpression(text);
  return whole === null ? renderMixed(text, scope, budget) : evaluateWithin(whole.trim(), scope, budget);
}

/** Text with every `{{ … }}` in it replaced by the text of its value. TemplateError. */
export function renderMixed(text: string, scope: Scope, budget: Budget): string {
  const parts = segments(text).map((segment) => {
    if (segment.kind === 'text') return segment.text;
    const expression = segment.text.trim();
    const value = evaluateWithin(expression, scope, budget);
    return placed(expression, () => interpolated(value, budget));
  });
  placed(text, () => budget.write(parts.reduce((total, part) => total + part.length, 0)));
  return parts.join('');
}

function placed<T>(expression: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Fault ? new TemplateError(error.code, error.describe(), 1, expression) : error;
  }
}

const unplaced = (fault: Fault): TemplateError => new TemplateError(fault.code, fault.describe(), 1, '');
