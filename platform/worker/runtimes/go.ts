import { join } from 'node:path';
import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import { goCacheDirectory } from '../../base/directories';
import { resolvesToDirectory } from '../../base/host/path-checks';
import type { BuildConfinement } from '../isolation/build-confinement';
import { inheritableVariables } from '../process/process-environment';
import { runProcess } from '../process/run-process';
import { interpretedRuntime } from './interpreted-runtime';
import type { Preparation, ProgramPlan, ProgramRuntime } from './runtime';

const COMPILE_LIMIT_MS = 300_000;
const LOG_LIMIT_BYTES = 64 * 1_024;

/** What compiles a program as `go run` does, and starts `true` in its place. */
const WITHOUT_PROGRAM = ['-exec', 'true'];
/** Nothing that a pack names runs: no other toolchain, and no version control for modules. */
const COMPILER_VARIABLES = { GOTOOLCHAIN: 'local', GOPROXY: 'off' };

const interpreted = interpretedRuntime(RUNTIME_MANIFEST.runtimes.find(({ name }) => name === 'go')!);

/**
 * Go programs, compiled at each run. Programs of a tenant share what was compiled, and none may
 * write there: it would decide what another one runs, with the permissions of that. So a
 * confinement of its own, in which no program runs, compiles first.
 */
export const goRuntime: ProgramRuntime = {
  ...interpreted,
  plan: async (preparation) => {
    const { attempt, workerContext } = preparation;
    const plan = await interpreted.plan(preparation);
    const cache = goCacheDirectory(workerContext, attempt);
    const builds = workerContext.containment?.builds ?? null;
    if (builds !== null) await compile(preparation, plan, cache, builds);
    const isUsable = builds === null || (await isInitialized(cache));
    return isUsable ? { ...plan, variables: { set: { GOCACHE: cache } } } : plan;
  },
};

/** Go makes these directories first, and fails where it cannot. */
const isInitialized = (cache: string): Promise<boolean> => resolvesToDirectory(join(cache, 'ff'));

/** What cannot be compiled, the program's own start compiles again, and says why it fails. */
async function compile(
  { attempt, workerContext, stop }: Preparation,
  { command, args }: ProgramPlan,
  cache: string,
  builds: BuildConfinement,
): Promise<void> {
  const { killGraceMs, actionVariables, instance, diskWatch } = workerContext;
  const { tenant, packDirectory } = attempt;
  const [verb, ...rest] = args;
  await runProcess({
    command,
    args: [verb!, ...WITHOUT_PROGRAM, ...rest],
    cwd: packDirectory!,
    env: { ...inheritableVariables(process.env, actionVariables), ...COMPILER_VARIABLES, GOCACHE: cache },
    cgroupPlacement: await builds.place(tenant, { writable: [cache], readable: [] }),
    input: null,
    limitMs: COMPILE_LIMIT_MS,
    killGraceMs,
    logLimitBytes: LOG_LIMIT_BYTES,
    stop,
    marker: `${instance}:compile:${cache}`,
    watchDisk: diskWatch?.of(tenant),
  });
}
