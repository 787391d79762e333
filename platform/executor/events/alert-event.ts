import type { JsonObject } from '../../../contract/json';
import { readClock, withUtcOffset, type Transaction } from '../../store/database/connection';
import type { NewEvent } from '../../store/events/events';
import { findTrigger } from '../../store/events/triggers';

/** The trigger of the platform's own failures. */
export const ALERT_TRIGGER = 'core.alert';

/** A failure, in the fields of the trigger's payload. */
export interface Alert {
  readonly category: string;
  readonly failure_type: string;
  readonly component_type: string;
  readonly component_id: number;
  readonly component_ref: string;
  readonly worker_role: 'action' | 'sensor';
  readonly summary: string;
  readonly details: JsonObject;
  readonly correlation_id: string;
}

/**
 * The event of an alert; null while the trigger is disabled. `chain`: the correlation id of the
 * chain that it continues; null starts a new one.
 */
export async function alertEvent(
  transaction: Transaction,
  alert: Alert,
  chain: string | null,
): Promise<NewEvent | null> {
  const trigger = await findTrigger(transaction, ALERT_TRIGGER);
  if (!trigger?.enabled) return null;
  return {
    trigger,
    payload: { severity: 'error', observed_at: withUtcOffset(await readClock(transaction)), ...alert },
    config: null,
    source: null,
    sourceRef: 'supervisor',
    rule: null,
    correlationId: chain,
  };
}
