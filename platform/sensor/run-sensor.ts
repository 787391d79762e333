import { mkdir } from 'node:fs/promises';
import { mintSensorToken } from '../api/tokens';
import { hostNow } from '../clock';
import type { SensorStream } from '../../contract/sensors';
import type { Database } from '../store/database';
import { ensureSensorIdentity } from '../store/identities';
import type { SensorPlan } from '../store/sensor-processes';
import { endEarlierSensor } from '../worker/former-life';
import { notStarted, runProcess, type Ended } from '../worker/process';
import { redactorOf, type Filter, type Redactor } from '../worker/redact';
import { NotRunnable } from '../worker/runtimes/runtime';
import { openScratch } from '../worker/scratch';
import { artifactsOf, temporaryOf } from '../worker/surroundings';
import { sensorDirectory, sensorProgram, sensorVariables, type SensorPreparation } from './program';
import { openSensorLog, sensorLogOf, type SensorLog } from './sensor-log';

/** Between the polite signal and the other one. */
const STOP_MS = 5_000;
/** Of each stream in memory: what an end is explained with. */
const KEPT_BYTES = 64 * 1_024;

export interface SensorRun extends Omit<SensorPreparation, 'scratch'> {
  readonly db: Database;
  readonly fencingToken: number;
  readonly born: (pid: number) => void;
}

/** Runs a sensor's process to its end, which `stop` brings about. Never rejects for what the program is or does. */
export async function runSensor(run: SensorRun): Promise<Ended> {
  const { plan, surroundings, stop } = run;
  await using scratch = openScratch(temporaryOf(surroundings));
  const owner = `sensor-${plan.sensor}`;
  const { containment } = surroundings;
  await containment?.cgroups.endEarlier(owner);
  await endEarlierSensor(surroundings.instance, plan.sensor);
  try {
    const { command, args, variables } = await sensorProgram({ ...run, scratch });
    const token = await tokenFor(run);
    const redactor = redactorOf([token]);
    await mkdir(artifactsOf(surroundings, plan), { recursive: true });
    const logs = (['stdout', 'stderr'] as const).map((stream) => logOf(run, stream));
    const [stdout, stderr] = logs.map((log) => writing(log, redactor));
    const ended = await runProcess({
      ...{ command, args, stop, born: run.born, input: null, limitMs: Infinity, killGraceMs: STOP_MS },
      env: sensorVariables(plan, surroundings, token, variables),
      cwd: await sensorDirectory(plan, surroundings),
      logLimitBytes: KEPT_BYTES,
      marker: `${surroundings.instance}:${owner}:${run.fencingToken}`,
      enclosure: containment && { ...containment, owner, run: run.fencingToken },
      filters: { stdout: stdout!, stderr: stderr! },
    });
    for (const log of logs) log.close();
    return ended;
  } catch (error) {
    if (!(error instanceof NotRunnable)) throw error;
    return notStarted(hostNow(), error.message);
  }
}

const logOf = ({ plan, surroundings }: SensorRun, stream: SensorStream): SensorLog =>
  openSensorLog(sensorLogOf(surroundings.directory, plan.tenant, plan.ref, stream), surroundings.logLimitBytes);

/** Everything it says goes through here, however much: masked, to its log. */
function writing(log: SensorLog, redactor: Redactor): Filter {
  const filter = redactor.stream();
  const written = (bytes: Buffer): Buffer => {
    log.write(bytes);
    return bytes;
  };
  return { push: (bytes) => written(filter.push(bytes)), end: () => written(filter.end()) };
}

async function tokenFor({ db, plan, surroundings }: SensorRun): Promise<string> {
  const { tenant, ref: sensorRef, trigger_refs: triggerTypes }: SensorPlan = plan;
  if (surroundings.tokenSecret === null) throw new NotRunnable('this platform has no secret to sign tokens with');
  const identity = await db.inTenant(tenant, (transaction) => ensureSensorIdentity(transaction, tenant, sensorRef));
  return mintSensorToken(surroundings.tokenSecret, { identity, tenant, sensorRef, triggerTypes });
}
