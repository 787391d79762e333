import type { Json } from '../../../contract/json';
import { connectionRef } from '../secrets/connections';
import { Budget, MAX_NESTING_DEPTH, tooDeep } from './budget';
import { evaluateWithin, type TaintedValue } from './evaluate';
import { TemplateFault } from './fault';
import { segments, wholeExpression } from './segments';
import { holdsSecret, taintFromMembers, type Taint } from '../secrets/taint';
import { TemplateError, type Scope } from './types';
import { interpolate } from './values';

/** Copying a part of a document costs about five plain steps. */
const STEPS_PER_PART = 5;

/**
 * Replaces every template in a value: a text that is one `{{ … }}` by the typed value, a template
 * inside other text by text. Arrays and objects are rendered recursively, keys never; the output
 * of a template is not rendered again; an unclosed `{{` is text. A reference to a key that is
 * written in the value stays one. The taint is that of the result.
 * Throws TemplateError with `expression` and `column` of the expression at fault.
 */
export const renderWithin = (value: Json, scope: Scope, budget: Budget): TaintedValue =>
  renderValue(value, scope, budget, 0);

function renderValue(value: Json, scope: Scope, budget: Budget, depth: number): TaintedValue {
  withExpression('', () => budget.spend(STEPS_PER_PART));
  if (typeof value === 'string') return renderText(value, scope, budget);
  if (value === null || typeof value !== 'object') return { value, taint: null };
  if (depth >= MAX_NESTING_DEPTH) throw documentError(tooDeep());
  const inner = (part: Json) => renderValue(part, scope, budget, depth + 1);
  if (Array.isArray(value)) {
    const parts = value.map(inner);
    return {
      value: parts.map((part) => part.value),
      taint: taintFromMembers(parts.map((part, at) => [at, part.taint])),
    };
  }
  const reference = connectionRef(value);
  const key = reference === null ? undefined : scope.connection?.(reference);
  const members = Object.entries(value).map(([name, part]) => [name, inner(part)] as const);
  return {
    value: Object.fromEntries(members.map(([name, part]) => [name, part.value])),
    taint: key ?? taintFromMembers(members.map(([name, part]) => [name, part.taint])),
  };
}

function renderText(text: string, scope: Scope, budget: Budget): TaintedValue {
  withExpression('', () => budget.chargeCopy(text));
  if (!text.includes('{{') && !text.includes('{%')) return { value: text, taint: null };
  const whole = wholeExpression(text);
  return whole === null ? renderMixed(text, scope, budget) : evaluateWithin(whole.trim(), scope, budget);
}

/**
 * Replaces every `{{ … }}` in a text by the text of its value; one secret makes all of it secret.
 * Throws TemplateError.
 */
export function renderMixed(text: string, scope: Scope, budget: Budget): TaintedValue & { readonly value: string } {
  let taint: Taint = null;
  const parts = Array.from(segments(text), (segment) => {
    if (segment.kind === 'text') return segment.text;
    const expression = segment.text.trim();
    const found = evaluateWithin(expression, scope, budget);
    if (holdsSecret(found.taint)) taint = true;
    return withExpression(expression, () => interpolate(found.value, budget));
  });
  withExpression(text, () => budget.chargeString(parts.reduce((total, part) => total + part.length, 0)));
  return { value: parts.join(''), taint };
}

function withExpression<T>(expression: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TemplateFault ? new TemplateError(error.code, error.describe(), 1, expression) : error;
  }
}

const documentError = (fault: TemplateFault): TemplateError => new TemplateError(fault.code, fault.describe(), 1, '');
