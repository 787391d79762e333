import { stat } from 'node:fs/promises';
import { delimiter } from 'node:path';
import type { SensorPlan } from '../store/sensor-processes';
import { inheritable, type RuntimeVariables } from '../worker/environment';
import type { Report } from '../worker/environments/report';
import { WORKER } from '../worker/former-life';
import { requireVersion, runtimeOf } from '../worker/runtimes/choose';
import { NotRunnable, type ProgramPlan, type Runnable } from '../worker/runtimes/runtime';
import type { Scratch } from '../worker/scratch';
import { artifactsOf, type Surroundings } from '../worker/surroundings';

export interface SensorPreparation {
  readonly plan: SensorPlan;
  readonly surroundings: Surroundings;
  readonly scratch: Scratch;
  readonly report: Report;
  readonly stop: AbortSignal;
}

/** How its file below `sensors/` is started; a shell sensor without a file is the script itself. Throws NotRunnable. */
export async function sensorProgram({ plan, ...given }: SensorPreparation): Promise<ProgramPlan> {
  const runtime = runtimeOf({ runtime: runtimeNameOf(plan), entrypoint: plan.entrypoint, actionRef: plan.ref });
  await requireVersion(runtime, plan.runtime_version_constraint);
  const attempt: Runnable = {
    tenant: plan.tenant,
    packRef: plan.pack_ref ?? '',
    packDirectory: plan.storage,
    entrypoint: plan.entrypoint,
    parameters: {},
    isAdhoc: false,
    folder: 'sensors',
  };
  const made = await runtime.plan({ ...given, attempt, note: () => Promise.resolve() });
  if (made.kind === 'program') return made;
  throw new NotRunnable(`${plan.entrypoint} is part of the platform, and no sensor`);
}

/** `core.python` → `python`. */
export const runtimeNameOf = ({ runtime_ref: ref }: Pick<SensorPlan, 'runtime_ref'>): string => ref.split('.').at(-1)!;

/** Where it runs: its pack's files, where there are some. */
export async function sensorDirectory({ storage }: SensorPlan, { directory }: Surroundings): Promise<string> {
  const exists = storage !== null && (await stat(storage).catch(() => null))?.isDirectory();
  return exists ? storage : directory;
}

/** The contract's variables, and those that let us find what it started. */
export const sensorVariables = (
  plan: SensorPlan,
  surroundings: Surroundings,
  token: string,
  runtime: RuntimeVariables,
): Record<string, string> => ({
  ...prepended(inheritable(process.env), runtime),
  ATTUNE_API_URL: surroundings.apiUrl,
  ATTUNE_API_TOKEN: token,
  ATTUNE_SENSOR_ID: String(plan.sensor),
  ATTUNE_SENSOR_REF: plan.ref,
  ATTUNE_SENSOR_TRIGGERS: JSON.stringify(plan.rules),
  ATTUNE_ARTIFACTS_DIR: artifactsOf(surroundings, plan),
  ATTUNE_LOG_LEVEL: 'info',
  PLATFORM_INSTANCE: surroundings.instance,
  [WORKER]: surroundings.worker,
});

function prepended(own: Readonly<Record<string, string>>, { set, prepend }: RuntimeVariables): Record<string, string> {
  const env = { ...own, ...set };
  for (const [name, directory] of Object.entries(prepend ?? {})) {
    const behind = env[name];
    env[name] = behind ? `${directory}${delimiter}${behind}` : directory;
  }
  return env;
}
