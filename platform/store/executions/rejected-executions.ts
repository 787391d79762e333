import type { JsonObject } from '../../../contract/json';
import { asJson, type Transaction } from '../database/connection';
import type { NewExecution } from './executions';
import { insertFailed } from '../lifecycle/lifecycle';

export interface RejectedExecution extends Pick<NewExecution, 'action' | 'tenant' | 'executor' | 'cause'> {
  /** Parameters with secrets redacted. */
  readonly config: JsonObject;
  readonly code: string;
  readonly error: string;
}

/**
 * Stores an execution that may not be started: `failed` from the start, without a process, with
 * the cause in its result.
 */
export async function recordRejectedExecution(transaction: Transaction, rejected: RejectedExecution): Promise<void> {
  const { action, tenant, executor, cause, code, error } = rejected;
  const config = asJson(rejected.config);
  const row = { ...cause, tenant, executor, action: action.id, action_ref: action.ref, config };
  await insertFailed(transaction, row, { succeeded: false, code, error });
}
