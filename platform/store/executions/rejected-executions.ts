import type { JsonObject } from '../../../contract/json';
import { asJson, type Transaction } from '../database/connection';
import type { ExecutionRow } from '../lifecycle/execution-rows';
import { inheritedFrom, type NewExecution } from './executions';
import { insertFailed } from '../lifecycle/lifecycle';

export interface RejectedExecution extends Pick<NewExecution, 'action' | 'tenant' | 'executor' | 'cause'> {
  /** The execution that requested it. */
  readonly parent?: ExecutionRow;
  /** Parameters with secrets redacted. */
  readonly config: JsonObject;
  readonly code: string;
  readonly error: string;
}

/**
 * Stores an execution that may not be started: `failed` from the start, without a process, with
 * the cause in its result. Returns its id.
 */
export function recordRejectedExecution(transaction: Transaction, rejected: RejectedExecution): Promise<number> {
  const { action, tenant, executor, cause, parent, code, error } = rejected;
  const config = asJson(rejected.config);
  const origin = parent ? inheritedFrom(parent) : cause;
  const row = { ...origin, tenant, executor, action: action.id, action_ref: action.ref, config };
  return insertFailed(transaction, row, { succeeded: false, code, error });
}
