import type { Json } from '../../../contract/json';
import { taintFromMembers } from '../secrets/taint';
import { evaluate } from '../template/evaluate';
import { parse } from '../template/parse';
import { wholeExpression } from '../template/segments';
import { isTruthy } from '../template/truthy';
import { tryEvaluate } from '../template/try-evaluate';
import type { Scope, TemplateCode, TemplateError } from '../template/types';
import { decidingPart } from './deciding-part';
import { unsupportedPart } from './unsupported-part';
import {
  criteriaMatched,
  criteriaNotMatched,
  criteriaFailed,
  type CriteriaCode,
  type CriteriaEvent,
  type CriteriaResult,
} from './types';

/** The truth of an expression, with or without `{{ }}`. One with a fault does not match. */
export function evaluateExpressionCriteria(text: string, event: CriteriaEvent): CriteriaResult {
  const source = (wholeExpression(text) ?? text).trim();
  const parsed = tryEvaluate(() => parse(source));
  if ('error' in parsed) return criteriaFailed(source, parsed.error.message);
  const unsupported = unsupportedPart(parsed.value);
  if (unsupported !== null) return criteriaFailed(source, unsupported);
  const scope = eventScope(event);
  const whole = tryEvaluate(() => isTruthy(evaluate(source, scope)));
  if ('error' in whole) return toFailure(source, scope, whole.error);
  const decidedBy = decidingPart(source, truthEvaluator(scope));
  return whole.value ? criteriaMatched(decidedBy) : criteriaNotMatched(decidedBy);
}

const CODE_BY_TEMPLATE_CODE: Readonly<Partial<Record<TemplateCode, CriteriaCode>>> = {
  TEMPLATE_TIMEOUT: 'CRITERIA_TIMEOUT',
  TEMPLATE_ARGUMENTS: 'CRITERIA_INVALID',
  TEMPLATE_SYNTAX: 'CRITERIA_INVALID',
};

function toFailure(source: string, scope: Scope, error: TemplateError): CriteriaResult {
  const code = CODE_BY_TEMPLATE_CODE[error.code] ?? 'CRITERIA_ERROR';
  // Finding the part would take as long again.
  const decidedBy = code === 'CRITERIA_TIMEOUT' ? source : decidingPart(source, truthEvaluator(scope));
  return criteriaFailed(decidedBy, error.message, code);
}

const truthEvaluator = (scope: Scope) => (text: string) => {
  const found = tryEvaluate(() => isTruthy(evaluate(text, scope)));
  return 'error' in found ? 'fault' : found.value;
};

/**
 * `trigger` is its ref, as in the parameters of a rule. Criteria have neither `result()` nor
 * outcome functions.
 */
export function eventScope({ id, triggerRef, payload, secrets = null, headers = {}, created }: CriteriaEvent): Scope {
  const event = { id, trigger: triggerRef, trigger_ref: triggerRef, payload: payload ?? null, headers, created };
  const ofEvent = taintFromMembers([['payload', secrets]]);
  return {
    name: (name): Json | undefined => (name === 'event' ? event : undefined),
    result: null,
    outcome: null,
    ...(ofEvent !== null && { secrets: { name: (name) => (name === 'event' ? ofEvent : null), result: null } }),
  };
}
