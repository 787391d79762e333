import type { JsonObject } from '../../contract/json';
import { readClock, withUtcOffset, type Transaction } from '../store/database/connection';
import { findTrigger } from '../store/events/triggers';
import { processEvent } from './process-event';

/** The trigger of the platform's own failures. */
const ALERT_TRIGGER = 'core.alert';

/** A failure, in the fields of the trigger's payload. */
interface Alert {
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

/** Creates an event of this tenant; none while the trigger is disabled. */
export async function createAlert(transaction: Transaction, tenant: number, alert: Alert): Promise<void> {
  const trigger = await findTrigger(transaction, ALERT_TRIGGER);
  if (!trigger?.enabled) return;
  await processEvent(transaction, tenant, {
    trigger,
    payload: { severity: 'error', observed_at: withUtcOffset(await readClock(transaction)), ...alert },
    config: null,
    source: null,
    sourceRef: 'supervisor',
    rule: null,
    correlationId: null,
  });
}
