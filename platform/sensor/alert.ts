import { hostNow } from '../clock';
import { takeIn } from '../executor/event-intake';
import type { Transaction } from '../store/database';
import { findTrigger } from '../store/triggers';

/** The trigger by which the platform tells of its own troubles. */
export const ALERT = 'core.alert';

export interface FailedSensor {
  readonly sensor: number;
  readonly tenant: number;
  readonly ref: string;
  readonly failures: number;
  readonly error: string;
}

/** Tells, as an event of its tenant, that a sensor does not stay up. */
export async function alertOfSensor(transaction: Transaction, failed: FailedSensor): Promise<void> {
  const trigger = await findTrigger(transaction, ALERT);
  if (!trigger?.enabled) return;
  await takeIn(transaction, failed.tenant, {
    trigger,
    payload: {
      severity: 'error',
      category: 'sensor',
      failure_type: 'process_crashed',
      component_type: 'sensor',
      component_id: failed.sensor,
      component_ref: failed.ref,
      worker_role: 'sensor',
      observed_at: new Date(hostNow()).toISOString().replace('Z', '+00:00'),
      summary: `Sensor ${failed.ref} ended ${failed.failures} times in a row`,
      details: { failures: failed.failures, error: failed.error },
      correlation_id: `sensor:${failed.sensor}`,
    },
    config: null,
    source: null,
    sourceRef: 'supervisor',
    rule: null,
    correlationId: null,
  });
}
