import type { NetworkMode } from '../../../contract/packs';
import { measuredLimitMs, type Attempt } from '../../store/lifecycle/attempt';
import { resolvesToDirectory } from '../../base/host/path-checks';
import { containerEnvironment } from '../process/process-environment';
import { formatParameters } from '../process/parameter-formats';
import { workerMark } from '../process/orphan-cleanup';
import { MARK_VARIABLE } from '../process/process-table';
import { programMark, runOfAttempt } from '../process/program-run';
import type { ProgramSpec } from '../process/run-process';
import { NotRunnable, type ContainerPlan, type Preparation } from './runtime';
import { tenantUid } from '../isolation/isolation';
import type { ContainerHost } from '../worker-context';
import { engineEnvironment, logDriver } from './engine';

/** Where a container sees the files of its pack. */
export const PACK_IN_CONTAINER = '/pack';

/** Of the names under which variables reach the container. */
const PASSED_PREFIX = 'PLATFORM_PASSED_';

/** The engine's command that runs a container to its end, and removes it. */
export interface ContainerProgram extends ProgramSpec {
  readonly engine: string;
  /** Name of the container. */
  readonly container: string;
}

/**
 * The container has nothing of this host but the files of its pack, which it may not change: no
 * network of the platform, no token, no capability. Its processes carry the mark of the run, by
 * which they are found like those of other programs.
 */
export async function buildContainer(
  plan: ContainerPlan,
  { attempt, workerContext, stop }: Preparation<Attempt>,
  network: NetworkMode,
): Promise<ContainerProgram> {
  const { instance, killGraceMs, logLimitBytes } = workerContext;
  if (attempt.delivery === 'file') throw new NotRunnable('a container gets its parameters by stdin, not as a file');
  const run = runOfAttempt(attempt);
  const marker = programMark(instance, run);
  const container = `tuningfork-${instance}-${run.owner}-${run.run}`;
  const marks = { ...workerMark(instance, workerContext.worker), [MARK_VARIABLE]: marker };
  const variables = containerEnvironment(attempt, workerContext, process.env);
  const passed = Object.fromEntries(Object.entries(variables).map(([name, value]) => [PASSED_PREFIX + name, value]));
  return {
    engine: plan.host.engine,
    container,
    command: plan.host.engine,
    args: [
      ...['run', '--rm', '--interactive', '--pull=never', `--name=${container}`],
      `--log-driver=${await logDriver(plan.host.engine)}`,
      ...confinement(attempt, network, plan.host),
      ...(await packMount(attempt)),
      ...[...Object.keys(marks), ...Object.keys(passed)].map((name) => `--env=${name}`),
      ...['--entrypoint=', plan.image, '/bin/sh', '-c', startScript(Object.keys(variables)), 'sh', ...plan.args],
    ],
    env: { ...passed, ...engineEnvironment(), ...marks },
    cwd: '/',
    input: formatParameters(attempt.parameters, attempt.parameterFormat),
    limitMs: measuredLimitMs(attempt),
    killGraceMs,
    logLimitBytes,
    stop,
    marker,
  };
}

/** What its processes may do and use. */
function confinement({ tenant }: Attempt, network: NetworkMode, host: ContainerHost): string[] {
  const { actionMemoryBytes, actionProcesses, actionOpenFiles, actionFileBytes, tenantProcesses } = host;
  const [uid, gid] =
    process.getuid!() === 0
      ? Array<number>(2).fill(tenantUid(host.firstActionUid, tenant))
      : [process.getuid!(), process.getgid!()];
  return [
    ...['--cap-drop=all', '--security-opt=no-new-privileges', '--read-only', `--user=${uid}:${gid}`],
    `--tmpfs=/tmp:rw,nosuid,nodev,mode=1777,size=${actionFileBytes}`,
    ...[`--memory=${actionMemoryBytes}b`, `--pids-limit=${actionProcesses}`],
    ...[
      `--ulimit=nofile=${actionOpenFiles}:${actionOpenFiles}`,
      `--ulimit=nproc=${tenantProcesses}:${tenantProcesses}`,
    ],
    ...(network === 'full' ? [] : ['--network=none']),
  ];
}

/** Its directory is also where the program starts. None for a pack without files. */
async function packMount({ packDirectory }: Attempt): Promise<string[]> {
  if (packDirectory === null || !(await resolvesToDirectory(packDirectory))) return [];
  return [
    `--mount=type=bind,source=${packDirectory},target=${PACK_IN_CONTAINER},readonly`,
    `--workdir=${PACK_IN_CONTAINER}`,
  ];
}

/**
 * Runs in the container: gives the variables their names, and starts the script. On the command
 * line of the engine every user of the host could read their values, and under their own names
 * they would change what the engine's program itself does: `LD_PRELOAD`.
 */
const startScript = (names: readonly string[]): string =>
  [
    ...names.map((name) => `export ${name}="$${PASSED_PREFIX}${name}"; unset ${PASSED_PREFIX}${name}`),
    'exec /bin/sh "$@"',
  ].join('\n');
