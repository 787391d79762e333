import type { Logger } from 'pino';
import { readManifests } from '../../packs/dependency-manifests';
import type { EnvironmentRequest } from '../../store/packs/environments';
import type { WorkerAccess } from '../../workers/access/worker-access';
import { findPython } from '../runtimes/python';
import { coalesceRuns } from '../../base/async/coalesce-runs';
import type { WorkerContext } from '../worker-context';
import { nodeRecipe } from './node-recipe';
import { pythonRecipe } from './python-recipe';
import type { EnvironmentSpec, Recipe } from './recipe';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import { ensureEnvironment } from './shared-builds';

/** Builds environments that no execution waits for: after a registration, or on request. */
interface EnvironmentRequests {
  /** Claims and builds what is requested. */
  checkRequests(): void;
  /** Claims nothing more, and settles when the current build has ended; `stop` aborts it. */
  finish(): Promise<void>;
}

interface EnvironmentRequestsOptions {
  readonly access: WorkerAccess;
  readonly workerContext: WorkerContext;
  readonly reportEnvironment: ReportEnvironment;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

export function startEnvironmentRequests(options: EnvironmentRequestsOptions): EnvironmentRequests {
  const claimNext = async () => (options.stop.aborted ? null : options.access.claimEnvironment());
  const buildAllRequested = async () => {
    for (let next = await claimNext(); next !== null; next = await claimNext()) await buildRequested(next, options);
  };
  // After an error the next poll tries again.
  const onError = (error: unknown) => options.log.warn({ err: error }, 'could not build requested environments');
  const builds = coalesceRuns(buildAllRequested, onError);
  return { checkRequests: builds.request, finish: builds.stop };
}

async function buildRequested(
  request: EnvironmentRequest,
  { workerContext, reportEnvironment, stop }: EnvironmentRequestsOptions,
): Promise<void> {
  const { isRebuild, runtime, ...pack } = request;
  const spec: EnvironmentSpec = { pack, workerContext };
  const recipe = await recipeFor(spec, runtime);
  if (recipe !== null) await ensureEnvironment({ spec, recipe, reportEnvironment, appendLog: null, stop, isRebuild });
  else {
    const log = 'python3 is not available on this worker';
    const record = { ...pack, runtime, contentHash: '', status: 'failed', sizeBytes: null } as const;
    await reportEnvironment({ ...record, log, failing: null, superseded: [] });
  }
}

async function recipeFor(spec: EnvironmentSpec, runtime: EnvironmentRequest['runtime']): Promise<Recipe | null> {
  const manifests = await readManifests(spec.pack.packDirectory, runtime);
  if (runtime === 'nodejs') return nodeRecipe(spec, manifests);
  const interpreter = await findPython();
  return interpreter === null ? null : pythonRecipe(spec, manifests, interpreter);
}
