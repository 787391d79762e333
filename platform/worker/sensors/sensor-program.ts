import type { SensorPlan } from '../../store/events/sensor-processes';
import { inheritableVariables, withRuntimeVariables, type RuntimeVariables } from '../process/process-environment';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import { workerMark } from '../process/orphan-cleanup';
import { requireRuntimeVersion, chooseRuntime } from '../runtimes/choose-runtime';
import { NotRunnable, type ProgramPlan, type Runnable } from '../runtimes/runtime';
import type { ScratchDirectory } from '../process/scratch-directory';
import type { WorkerContext } from '../worker-context';
import { artifactsDirectory } from '../../base/directories';
import { writeJson } from '../../../contract/json-text/write-json';

export interface SensorLaunch {
  readonly plan: SensorPlan;
  readonly workerContext: WorkerContext;
  readonly scratch: ScratchDirectory;
  readonly reportEnvironment: ReportEnvironment;
  readonly stop: AbortSignal;
}

/**
 * How its file below `sensors/` is started; the entrypoint of a shell sensor may be the script
 * itself. NotRunnable.
 */
export async function planSensorProgram({ plan, ...launch }: SensorLaunch): Promise<ProgramPlan> {
  const runtime = chooseRuntime({ runtime: sensorRuntimeName(plan), entrypoint: plan.entrypoint, actionRef: plan.ref });
  await requireRuntimeVersion(runtime, plan.runtime_version_constraint, launch.workerContext);
  const attempt: Runnable = {
    tenant: plan.tenant,
    packRef: plan.pack_ref ?? '',
    packDirectory: plan.storage,
    entrypoint: plan.entrypoint,
    parameters: {},
    isAdhoc: false,
    folder: 'sensors',
  };
  const program = await runtime.plan({ ...launch, attempt, appendLog: () => Promise.resolve() });
  if (program.kind === 'program') return program;
  throw new NotRunnable(
    `${plan.entrypoint} cannot run as a sensor: it is a ${program.kind === 'builtin' ? 'built-in action' : 'container'}`,
  );
}

/** `core.python` → `python`. */
export const sensorRuntimeName = ({ runtime_ref: ref }: Pick<SensorPlan, 'runtime_ref'>): string =>
  ref.split('.').at(-1)!;

/** The contract's variables, and those by which the processes that it starts are found. */
export const sensorVariables = (
  plan: SensorPlan,
  workerContext: WorkerContext,
  token: string,
  runtime: RuntimeVariables,
): Record<string, string> => ({
  ...withRuntimeVariables(inheritableVariables(process.env, workerContext.actionVariables), runtime),
  ATTUNE_API_URL: workerContext.apiUrl,
  ATTUNE_API_TOKEN: token,
  ATTUNE_SENSOR_ID: String(plan.sensor),
  ATTUNE_SENSOR_REF: plan.ref,
  ATTUNE_SENSOR_TRIGGERS: writeJson(plan.rules),
  ATTUNE_ARTIFACTS_DIR: artifactsDirectory(workerContext, plan),
  ATTUNE_LOG_LEVEL: 'info',
  ...workerMark(workerContext.instance, workerContext.worker),
});
