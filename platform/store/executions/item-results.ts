import { sql } from 'kysely';
import type { ChildEnded, EffectOf, ItemsCollected } from '../../core/workflow/types';
import { limitsOf, type Transaction } from '../database/connection';
import { unsealResult } from '../secrets/seal-state';

/** The result of an execution as columns hold it. */
export interface StoredResult {
  readonly id: number;
  readonly tenant: number;
  readonly status: ChildEnded['status'];
  readonly result: ChildEnded['result'];
  readonly result_secrets: string | null;
}

/** The state of a workflow is too large to be stored: the caller rolls back and fails the run. */
export class StateTooLarge extends Error {
  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`the state of the workflow has ${bytes} bytes`);
    this.name = 'StateTooLarge';
  }
}

/** Throws StateTooLarge. */
export function requireStateSize(transaction: Transaction, bytes: number): void {
  const { workflowStateBytes } = limitsOf(transaction);
  if (bytes > workflowStateBytes) throw new StateTooLarge(bytes, workflowStateBytes);
}

/**
 * Status and result of every item of a round of a task, of its last attempt, in order of index.
 * Throws StateTooLarge before it reads more than a state may have.
 */
export async function loadItemResults(
  transaction: Transaction,
  run: number,
  { task, round }: EffectOf<'collect-items'>,
): Promise<ItemsCollected> {
  const lastAttempts = sql`select distinct on (task_index) id, tenant, status, result, result_secrets from execution
    where workflow_execution = ${run} and task_name = ${task} and task_round = ${round} and task_index is not null
    order by task_index, retry_count desc`;
  const { rows: sizes } = await sql<{ bytes: number }>`
    select coalesce(sum(octet_length(result::text)), 0)::bigint as bytes from (${lastAttempts}) as attempts`.execute(
    transaction,
  );
  requireStateSize(transaction, sizes[0]!.bytes);
  const { rows } = await sql<StoredResult>`${lastAttempts}`.execute(transaction);
  const items = rows.map((row) => ({ status: row.status, ...unsealResult(transaction, row) }));
  return { type: 'items-collected', task, items };
}
