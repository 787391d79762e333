import { createHash } from 'node:crypto';
import type { SensorPlan } from '../../store/events/sensor-processes';
import type { DesiredSensor } from './reconcile';
import { sensorRuntimeName } from './sensor-program';
import { writeJson } from '../../../contract/json-text/write-json';

/**
 * Runtimes that a host may lack. A sensor with an unknown runtime is started all the same: then
 * its record shows the error.
 */
const HOST_RUNTIMES: ReadonlySet<string> = new Set(['shell', 'python', 'nodejs', 'native']);

/** Versions that a worker found, by the name of the runtime. */
export type FoundRuntimes = Readonly<Record<string, string>>;

/** A row of the database as the reconciliation needs it. */
export const desiredSensor = (plan: SensorPlan, runtimes: FoundRuntimes): DesiredSensor => ({
  sensor: plan.sensor,
  fingerprint: sensorFingerprint(plan),
  startInMs: plan.due_ms,
  holder: plan.holder,
  fencingToken: plan.fencing_token,
  isRunnableHere: plan.fits_worker && hasRuntime(plan, runtimes),
});

const hasRuntime = (plan: SensorPlan, runtimes: FoundRuntimes): boolean =>
  runtimes[sensorRuntimeName(plan)] !== undefined || !HOST_RUNTIMES.has(sensorRuntimeName(plan));

/** Changes with everything that a process of the sensor is started from. */
export function sensorFingerprint(plan: SensorPlan): string {
  const { storage, entrypoint, runtime_ref, runtime_version_constraint, generation } = plan;
  const inputs = [storage, entrypoint, runtime_ref, runtime_version_constraint, generation];
  const { config, trigger_refs, rules } = plan;
  return createHash('sha256')
    .update(writeJson([...inputs, config, trigger_refs, rules]))
    .digest('base64');
}
