import { sql } from 'kysely';
import { limitsOf, type Transaction } from '../../store/database/connection';
import type { NewEvent } from '../../store/events/events';
import { ALERT_TRIGGER, alertEvent } from '../events/alert-event';

/** Why an execution is not created. */
export interface LoopError {
  readonly code: 'LOOP_LIMIT';
  readonly error: string;
}

/** Null where an execution of this depth may be created. */
export function loopErrorAt(transaction: Transaction, depth: number): LoopError | null {
  const { causationDepth } = limitsOf(transaction);
  if (depth < causationDepth) return null;
  return {
    code: 'LOOP_LIMIT',
    error: `It would be number ${depth + 1} in a chain of causes: at most ${causationDepth}`,
  };
}

export const isLoopError = ({ code }: { readonly code: string }): boolean => code === 'LOOP_LIMIT';

const FAILURE_TYPE = 'loop_limit';

/**
 * The alert about an execution that was not created; null where the chain has one. Of several
 * transactions, each waits for the end of the one before. Rules of the alert may start a loop of
 * their own, which belongs to the same chain.
 */
export async function loopAlert(
  transaction: Transaction,
  action: { readonly id: number; readonly ref: string },
  chain: string,
): Promise<NewEvent | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`loop_alert:${chain}`}, 0))`.execute(transaction);
  const { rows } = await sql`
    select from event where trigger_ref = ${sql.lit(ALERT_TRIGGER)} and correlation_id = ${chain}
      and payload->>'failure_type' = ${FAILURE_TYPE} limit 1`.execute(transaction);
  if (rows.length > 0) return null;
  const { causationDepth } = limitsOf(transaction);
  const alert = {
    category: 'execution',
    failure_type: FAILURE_TYPE,
    component_type: 'action',
    component_id: action.id,
    component_ref: action.ref,
    worker_role: 'action',
    summary: `${action.ref} was not executed: its chain of causes has ${causationDepth} executions`,
    details: { correlation_id: chain, limit: causationDepth },
    correlation_id: `${chain}:${FAILURE_TYPE}`,
  } as const;
  return alertEvent(transaction, alert, chain);
}
