import { mkdir } from 'node:fs/promises';
import { livenessNow } from '../../base/clock';
import type { SensorStream } from '../../../contract/sensors';
import { networkOfPrograms } from '../isolation/network-mode';
import { killEarlierRuns } from '../process/orphan-cleanup';
import { programMark } from '../process/program-run';
import type { ProcessExit } from '../../outcomes/program-exit';
import { notStarted, runProcess } from '../process/run-process';
import type { OutputFilter } from '../../redaction/output-filter';
import { Redactor } from '../../redaction/redactor';
import { NotRunnable } from '../runtimes/runtime';
import { openScratch } from '../process/scratch-directory';
import { workingDirectory } from '../process/working-directory';
import { artifactsDirectory, sensorLogPath } from '../../base/directories';
import type { WorkerAccess } from '../../workers/access/worker-access';
import { planSensorProgram, sensorVariables, type SensorLaunch } from './sensor-program';
import { openSensorLog, type SensorLog } from '../../files/sensor-log';

/** Delay between SIGTERM and SIGKILL. */
const KILL_GRACE_MS = 5_000;
/** Kept of each stream in memory, for the error that a failed process is reported with. */
const OUTPUT_TAIL_BYTES = 64 * 1_024;

interface SensorRunOptions extends Omit<SensorLaunch, 'scratch'> {
  readonly access: WorkerAccess;
  readonly fencingToken: number;
  readonly onSpawn: (pid: number) => void;
}

/**
 * Runs a sensor's process to its end; `stop` ends it. Resolves also where the program cannot be
 * started.
 */
export async function runSensor(options: SensorRunOptions): Promise<ProcessExit> {
  const { plan, workerContext, stop } = options;
  await using scratch = openScratch(workerContext);
  const run = { owner: `sensor-${plan.sensor}`, run: options.fencingToken };
  const { containment } = workerContext;
  await containment?.cgroups?.killEarlierRuns(run);
  await killEarlierRuns(workerContext.instance, run);
  try {
    const network = networkOfPrograms(plan.network, workerContext);
    const { command, args, variables } = await planSensorProgram({ ...options, scratch });
    const token = await issueToken(options);
    const redactor = new Redactor([token]);
    await mkdir(artifactsDirectory(workerContext, plan), { recursive: true });
    const logs = (['stdout', 'stderr'] as const).map((stream) => openStreamLog(options, stream));
    const [stdout, stderr] = logs.map((log) => logWritingFilter(log, redactor));
    const exit = await runProcess({
      command,
      args,
      stop,
      onSpawn: options.onSpawn,
      input: null,
      limitMs: Infinity,
      killGraceMs: KILL_GRACE_MS,
      env: sensorVariables(plan, workerContext, token, variables),
      cwd: await workingDirectory(plan.storage, workerContext),
      logLimitBytes: OUTPUT_TAIL_BYTES,
      marker: programMark(workerContext.instance, run),
      cgroupPlacement: containment && { ...containment, ...run, tenant: plan.tenant, network },
      files: scratch.files,
      watchDisk: workerContext.diskWatch?.of(plan.tenant),
      filters: { stdout: stdout!, stderr: stderr! },
    });
    for (const log of logs) log.close();
    return exit;
  } catch (error) {
    if (!(error instanceof NotRunnable)) throw error;
    return notStarted(livenessNow(), error.failure);
  }
}

const openStreamLog = ({ plan, workerContext }: SensorRunOptions, stream: SensorStream): SensorLog =>
  openSensorLog(sensorLogPath(workerContext, plan, stream), workerContext.logLimitBytes);

/** Redacts all output of the process, and writes it to its log. */
function logWritingFilter(log: SensorLog, redactor: Redactor): OutputFilter {
  const filter = redactor.createFilter();
  const writeThrough = (bytes: Buffer): Buffer => {
    log.write(bytes);
    return bytes;
  };
  return { push: (bytes) => writeThrough(filter.push(bytes)), end: () => writeThrough(filter.end()) };
}

async function issueToken({ access, fencingToken }: SensorRunOptions): Promise<string> {
  const token = await access.issueSensorToken(fencingToken);
  if (token === null) throw new NotRunnable('the lease of the sensor is lost');
  return token;
}
