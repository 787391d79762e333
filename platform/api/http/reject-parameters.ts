import { describeErrors, type ValidationError } from '../../core/schema/validator';
import { DomainError } from '../../base/domain-error';

/** VALIDATION_ERROR unless there are no errors. `subject`: `action 'demo.greet'`. */
export function rejectParameters(subject: string, fields: ValidationError[]): void {
  if (fields.length === 0) return;
  throw new DomainError('VALIDATION_ERROR', `Invalid parameters for ${subject}: ${describeErrors(fields)}`, { fields });
}
