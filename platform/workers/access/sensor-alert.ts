import { createAlert } from '../../executor/events/alert';
import type { Transaction } from '../../store/database/connection';

interface FailedSensor {
  readonly sensor: number;
  readonly tenant: number;
  readonly ref: string;
  readonly failures: number;
  readonly error: string;
}

/** Creates an event of the sensor's tenant: its process ended several times in a row. */
export const createSensorAlert = (
  transaction: Transaction,
  { sensor, tenant, ref, failures, error }: FailedSensor,
): Promise<void> =>
  createAlert(transaction, tenant, {
    category: 'sensor',
    failure_type: 'process_crashed',
    component_type: 'sensor',
    component_id: sensor,
    component_ref: ref,
    worker_role: 'sensor',
    summary: `Sensor ${ref} ended ${failures} times in a row`,
    details: { failures, error },
    correlation_id: `sensor:${sensor}`,
  });
