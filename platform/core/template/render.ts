import type { Json } from '../../../contract/json';
import { Budget, MAX_DEPTH, tooDeep } from './budget';
import { evaluateWithin, type Evaluated } from './evaluate';
import { Fault } from './fault';
import { segments, wholeExpression } from './segments';
import { taintOf, type Taint } from './taint';
import { TemplateError, type Scope } from './types';
import { interpolated } from './values';

/** Copying a part of a document costs about what five plain steps cost. */
const STEPS_PER_PART = 5;

/**
 * The value with every template in it replaced: a text that is one `{{ … }}` by the typed value, other text by text.
 * Arrays and objects all the way down, keys never; what a template produced is not read again; an unclosed `{{` is
 * text. One budget for the whole value. Throws TemplateError whose `expression` and `column` are those of the one
 * expression at fault.
 */
export const render = (value: Json, scope: Scope): Json => renderWithin(value, scope, new Budget()).value;

/** As `render`, out of a budget; tells also which parts of the value come from secrets. */
export const renderWithin = (value: Json, scope: Scope, budget: Budget): Evaluated =>
  renderValue(value, scope, budget, 0);

function renderValue(value: Json, scope: Scope, budget: Budget, depth: number): Evaluated {
  placed('', () => budget.spend(STEPS_PER_PART));
  if (typeof value === 'string') return renderText(value, scope, budget);
  if (value === null || typeof value !== 'object') return { value, taint: null };
  if (depth >= MAX_DEPTH) throw unplaced(tooDeep());
  const inner = (part: Json) => renderValue(part, scope, budget, depth + 1);
  if (Array.isArray(value)) {
    const parts = value.map(inner);
    return { value: parts.map((part) => part.value), taint: taintOf(parts.map((part, at) => [at, part.taint])) };
  }
  const members = Object.entries(value).map(([key, part]) => [key, inner(part)] as const);
  return {
    value: Object.fromEntries(members.map(([key, part]) => [key, part.value])),
    taint: taintOf(members.map(([key, part]) => [key, part.taint])),
  };
}

function renderText(text: string, scope: Scope, budget: Budget): Evaluated {
  placed('', () => budget.copy(text));
  if (!text.includes('{{')) return { value: text, taint: null };
  const whole = wholeExpression(text);
  return whole === null ? renderMixed(text, scope, budget) : evaluateWithin(whole.trim(), scope, budget);
}

/** Text with every `{{ … }}` in it replaced by the text of its value; secret when one of them is. TemplateError. */
export function renderMixed(text: string, scope: Scope, budget: Budget): Evaluated & { readonly value: string } {
  let taint: Taint = null;
  const parts = Array.from(segments(text), (segment) => {
    if (segment.kind === 'text') return segment.text;
    const expression = segment.text.trim();
    const found = evaluateWithin(expression, scope, budget);
    if (found.taint !== null) taint = true;
    return placed(expression, () => interpolated(found.value, budget));
  });
  placed(text, () => budget.write(parts.reduce((total, part) => total + part.length, 0)));
  return { value: parts.join(''), taint };
}

function placed<T>(expression: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Fault ? new TemplateError(error.code, error.describe(), 1, expression) : error;
  }
}

const unplaced = (fault: Fault): TemplateError => new TemplateError(fault.code, fault.describe(), 1, '');
