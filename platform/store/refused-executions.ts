import type { JsonObject } from '../../contract/json';
import { asJson, now, type Transaction } from './database';
import type { NewExecution } from './executions';
import { append } from './log';

export interface RefusedExecution extends Pick<NewExecution, 'action' | 'tenant' | 'executor' | 'cause'> {
  /** As it may be shown. */
  readonly config: JsonObject;
  readonly code: string;
  readonly error: string;
}

/** An execution that may not be made: `failed` from the start, without a process, and it says why. */
export async function recordRefused(transaction: Transaction, refused: RefusedExecution): Promise<void> {
  const { tenant, executor, cause, code, error } = refused;
  const result = { succeeded: false, code, error };
  const { id, root } = await transaction
    .insertInto('execution')
    .values({
      ...cause,
      ...{ tenant, executor, action: refused.action.id, action_ref: refused.action.ref },
      config: asJson(refused.config),
      status: 'failed',
      settled: true,
      result: asJson(result),
      finished_at: now,
    })
    .returning(['id', 'root'])
    .executeTakeFirstOrThrow();
  await append(transaction, [{ root, execution: id, type: 'EXECUTION_FAILED', payload: { error } }]);
}
