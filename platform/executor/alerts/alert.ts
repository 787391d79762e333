import type { Transaction } from '../../store/database/connection';
import { alertEvent, type Alert } from './alert-event';
import { processEvent } from '../process-event';

/** Creates an event of this tenant; none while the trigger is disabled. */
export async function createAlert(transaction: Transaction, tenant: number, alert: Alert): Promise<void> {
  const event = await alertEvent(transaction, alert, null);
  if (event !== null) await processEvent(transaction, tenant, event);
}
