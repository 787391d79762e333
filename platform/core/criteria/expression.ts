import type { Json } from '../../../contract/json';
import { evaluate } from '../template/evaluate';
import { parse } from '../template/parse';
import { wholeExpression } from '../template/segments';
import { truthy } from '../template/truthy';
import { TemplateError, type Scope, type TemplateCode } from '../template/types';
import { decidingPart } from './deciding-part';
import { foreignPart } from './foreign';
import { met, unmet, unusable, type CriteriaCode, type Occurrence, type Verdict } from './types';

/** The truth of an expression, which may stand in `{{ }}`. A fault of it is no match. */
export function decideExpression(text: string, event: Occurrence): Verdict {
  const source = (wholeExpression(text) ?? text).trim();
  const parsed = attempt(() => parse(source));
  if ('error' in parsed) return unusable(source, parsed.error.message);
  const foreign = foreignPart(parsed.value);
  if (foreign !== null) return unusable(source, foreign);
  const scope = scopeOf(event);
  const whole = attempt(() => truthy(evaluate(source, scope)));
  if ('error' in whole) return faulty(source, scope, whole.error);
  const by = decidingPart(source, truthOf(scope));
  return whole.value ? met(by) : unmet(by);
}

const CODES: Readonly<Partial<Record<TemplateCode, CriteriaCode>>> = {
  TEMPLATE_TIMEOUT: 'CRITERIA_TIMEOUT',
  TEMPLATE_ARGUMENTS: 'CRITERIA_INVALID',
  TEMPLATE_SYNTAX: 'CRITERIA_INVALID',
};

function faulty(source: string, scope: Scope, error: TemplateError): Verdict {
  const code = CODES[error.code] ?? 'CRITERIA_ERROR';
  // Looking for the part would take as long again.
  const by = code === 'CRITERIA_TIMEOUT' ? source : decidingPart(source, truthOf(scope));
  return unusable(by, error.message, code);
}

const truthOf = (scope: Scope) => (text: string) => {
  const found = attempt(() => truthy(evaluate(text, scope)));
  return 'error' in found ? 'fault' : found.value;
};

type Attempt<T> = { readonly value: T } | { readonly error: TemplateError };

function attempt<T>(work: () => T): Attempt<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof TemplateError) return { error };
    throw error;
  }
}

/** `trigger` is its id; `result()` and what asks about outcomes are not for criteria. */
function scopeOf({ id, trigger, triggerRef, payload, created }: Occurrence): Scope {
  const event = { id, trigger, trigger_ref: triggerRef, payload: payload ?? null, created };
  return { name: (name): Json | undefined => (name === 'event' ? event : undefined), result: null, outcome: null };
}
