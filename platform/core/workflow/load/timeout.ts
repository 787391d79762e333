import { MAX_RUN_SECONDS } from '../../../../contract/json';
import { valueError, type DefinitionFields } from './definition-fields';

/** A shorter limit would end a process before it can start. */
const MIN_TIMEOUT_SECONDS = 0.05;

/** The `timeout` of a task or of a whole workflow, seconds; 0 and absent are no limit. */
export function parseTimeout(fields: DefinitionFields): number | null {
  const timeout = fields.amount('timeout') || null;
  if (timeout === null || (timeout >= MIN_TIMEOUT_SECONDS && timeout <= MAX_RUN_SECONDS)) return timeout;
  throw valueError(`must be 0 or from ${MIN_TIMEOUT_SECONDS} to ${MAX_RUN_SECONDS}`, fields.pathOf('timeout'));
}
