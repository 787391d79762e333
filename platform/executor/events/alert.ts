import type { JsonObject } from '../../../contract/json';
import type { Transaction } from '../../store/database/connection';
import { alertEvent, type Alert } from './alert-event';
import { processEvent } from './process-event';

/** Creates an event of this tenant; none while the trigger is disabled. */
export async function createAlert(transaction: Transaction, tenant: number, alert: Alert): Promise<void> {
  const event = await alertEvent(transaction, alert, null);
  if (event !== null) await processEvent(transaction, tenant, event);
}

/** A worker that does not process what it should. */
interface UnavailableWorker {
  readonly id: number;
  readonly name: string;
  readonly worker_role: Alert['worker_role'];
}

/** The same of a worker; `scope`: what the alert is about, `execution:7` or `worker:1`. */
export const createWorkerAlert = (
  transaction: Transaction,
  tenant: number,
  { id, name, worker_role }: UnavailableWorker,
  { scope, summary, details }: { readonly scope: string; readonly summary: string; readonly details: JsonObject },
): Promise<void> =>
  createAlert(transaction, tenant, {
    category: 'worker',
    failure_type: 'worker_unavailable',
    component_type: 'worker',
    component_id: id,
    component_ref: name,
    worker_role,
    summary,
    details,
    correlation_id: `${scope}:worker_unavailable`,
  });
