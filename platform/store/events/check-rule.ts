import type { Json, JsonObject } from '../../../contract/json';
import { livenessNow } from '../../base/clock';
import { criteriaErrors } from '../../core/criteria/check-criteria';
import { expressionErrors } from '../../core/rule-parameters/check-expressions';
import { scheduleError } from '../../core/schedule/plan';
import { isTimerTrigger } from '../../core/schedule/schedule';
import { describeErrors, type ValidationError } from '../../core/schema/validator';
import { DomainError } from '../../base/domain-error';
import { servesExtensions, type Transaction } from '../database/connection';

/** The parts of a rule that a save writes. */
interface SavedParts {
  readonly conditions?: Json | undefined;
  readonly actionParams?: JsonObject | undefined;
  readonly timer?: { readonly trigger: string; readonly params: JsonObject } | null | undefined;
}

/**
 * Why a rule could never fire: criteria or parameters that cannot be evaluated, a timer without a
 * schedule. Attune stores such rules.
 */
export const ruleErrors = (transaction: Transaction, parts: SavedParts): ValidationError[] =>
  servesExtensions(transaction) ? errorsOf(parts) : [];

/** VALIDATION_ERROR for a rule that could never fire. */
export function rejectInvalidRule(transaction: Transaction, parts: SavedParts): void {
  const fields = ruleErrors(transaction, parts);
  if (fields.length > 0)
    throw new DomainError('VALIDATION_ERROR', `Invalid rule: ${describeErrors(fields)}`, { fields });
}

const errorsOf = ({ conditions = null, actionParams = {}, timer = null }: SavedParts): ValidationError[] => [
  ...criteriaErrors(conditions),
  ...expressionErrors(actionParams, 'action_params'),
  ...(timer === null ? [] : timerErrors(timer)),
];

function timerErrors({ trigger, params }: NonNullable<SavedParts['timer']>): ValidationError[] {
  const message = isTimerTrigger(trigger) ? scheduleError(trigger, params, livenessNow()) : null;
  return message === null ? [] : [{ path: 'trigger_params', message }];
}
