import { createHash } from 'node:crypto';
import type { SensorPlan } from '../../store/events/sensor-processes';
import type { DesiredSensor } from './reconcile';
import { sensorRuntimeName } from './sensor-program';
import { writeJson } from '../../../contract/json-text/write-json';

/** What decides whether a worker can run a sensor. */
export interface SensorHost {
  /** The worker's name, which is its label `worker`. */
  readonly name: string;
  /** Runtime name to the version found. */
  readonly runtimes: Readonly<Record<string, string>>;
}

/**
 * Runtimes that a host may lack. A sensor with an unknown runtime is started all the same: then
 * its record shows the error.
 */
const HOST_RUNTIMES: ReadonlySet<string> = new Set(['shell', 'python', 'nodejs', 'native']);

/** A row of the database as the reconciliation needs it. */
export const desiredSensor = (plan: SensorPlan, host: SensorHost): DesiredSensor => ({
  sensor: plan.sensor,
  fingerprint: sensorFingerprint(plan),
  startInMs: plan.due_ms,
  holder: plan.holder,
  fencingToken: plan.fencing_token,
  isRunnableHere: hasRuntime(plan, host) && matchesSelector(plan, host),
});

const hasRuntime = (plan: SensorPlan, { runtimes }: SensorHost): boolean =>
  runtimes[sensorRuntimeName(plan)] !== undefined || !HOST_RUNTIMES.has(sensorRuntimeName(plan));

function matchesSelector({ worker_selector }: SensorPlan, { name }: SensorHost): boolean {
  const labels: Readonly<Record<string, string>> = { worker: name };
  return Object.entries(worker_selector).every(([label, value]) => labels[label] === value);
}

/** Changes with everything that a process of the sensor is started from. */
export function sensorFingerprint(plan: SensorPlan): string {
  const { storage, entrypoint, runtime_ref, runtime_version_constraint, generation } = plan;
  const inputs = [storage, entrypoint, runtime_ref, runtime_version_constraint, generation];
  const { config, trigger_refs, rules } = plan;
  return createHash('sha256')
    .update(writeJson([...inputs, config, trigger_refs, rules]))
    .digest('base64');
}
