import type { JsonObject } from '../../../contract/json';
import { storableText } from '../../outcomes/captured-output';
import type { AppendLog } from '../runtimes/runtime';
import { RELINQUISHED } from '../attempts/stop-reasons';
import { buildEnvironment, type BuildResult } from './build-environment';
import type { EnvironmentSpec, Recipe } from './recipe';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import { measureTree } from '../../files/walk-tree';

/** A failed build is not repeated for each execution: its result is reused for this long. */
const FAILURE_CACHE_MS = 30_000;
/** Least time between two progress entries in an execution's log. */
const PROGRESS_INTERVAL_MS = 1_000;

interface BuildRequest {
  readonly spec: EnvironmentSpec;
  readonly recipe: Recipe;
  readonly reportEnvironment: ReportEnvironment;
  /** Appends to the log of the waiting execution; null: none waits. */
  readonly appendLog: AppendLog | null;
  readonly stop: AbortSignal;
  /** Builds again where the environment exists. */
  readonly isRebuild?: boolean;
}

type LogProgress = (phase: 'started' | 'waiting' | 'progress' | 'ready' | 'failed', more?: JsonObject) => Promise<void>;

interface OngoingBuild {
  readonly result: Promise<BuildResult>;
  readonly abandon: AbortController;
  readonly listeners: Set<LogProgress>;
}

/** Builds of this worker by directory and pack files: a pack registered again is built again. */
const builds = new Map<string, OngoingBuild>();

/**
 * Builds an environment; concurrent requests for the same one share a build, and each logs its
 * progress. False when the build failed, or when this request is stopped while it waits.
 */
export async function ensureEnvironment(request: BuildRequest): Promise<boolean> {
  const logProgress = progressLogger(request);
  const key = `${request.recipe.directory} ${request.spec.pack.packDirectory}`;
  const existing = request.isRebuild ? undefined : builds.get(key);
  const ongoing = existing ?? startBuild(key, request);
  ongoing.listeners.add(logProgress);
  if (await isPending(ongoing.result)) await logProgress(existing ? 'waiting' : 'started');
  const result = await waitForBuild(ongoing, request.stop);
  ongoing.listeners.delete(logProgress);
  if (result === null) return false;
  await logProgress(result.ok ? 'ready' : 'failed', {
    seconds: result.seconds,
    log: result.log,
    ...(result.failing && { failing: result.failing }),
  });
  return result.ok;
}

const isPending = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    promise.then(() => false),
    new Promise<boolean>((resolve) => {
      setImmediate(resolve, true);
    }),
  ]);

function progressLogger({ spec, recipe, appendLog }: BuildRequest): LogProgress {
  const { runtime, directory } = recipe;
  return async (phase, more) => {
    await appendLog?.('ENVIRONMENT_BUILD', { phase, runtime, pack: spec.pack.packRef, directory, ...more });
  };
}

/**
 * Null when `stop` aborts first. A cancelled attempt leaves the build to the others; a worker that
 * stops (RELINQUISHED) aborts the build.
 */
async function waitForBuild({ result, abandon }: OngoingBuild, stop: AbortSignal): Promise<BuildResult | null> {
  let onStop: (() => void) | undefined;
  const stopped = new Promise<null>((resolve) => {
    onStop = () => {
      if (stop.reason === RELINQUISHED) abandon.abort();
      resolve(null);
    };
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
  });
  try {
    return await Promise.race([result, stopped]);
  } finally {
    if (onStop) stop.removeEventListener('abort', onStop);
  }
}

function startBuild(key: string, request: BuildRequest): OngoingBuild {
  const abandon = new AbortController();
  const listeners = new Set<LogProgress>();
  const ongoing: OngoingBuild = { abandon, listeners, result: runBuild(request, abandon.signal, listeners) };
  builds.set(key, ongoing);
  const forget = () => {
    if (builds.get(key) === ongoing) builds.delete(key);
  };
  void ongoing.result.then(({ ok }) => {
    if (ok) forget();
    else setTimeout(forget, FAILURE_CACHE_MS).unref();
  });
  return ongoing;
}

async function runBuild(
  { spec: { pack, workerContext }, recipe, reportEnvironment, isRebuild = false }: BuildRequest,
  stop: AbortSignal,
  listeners: ReadonlySet<LogProgress>,
): Promise<BuildResult> {
  const { runtime, contentHash, directory } = recipe;
  const record = { ...pack, runtime, contentHash };
  await reportEnvironment({ ...record, status: 'installing', sizeBytes: null, log: '', failing: null, superseded: [] });
  const { killGraceMs, actionVariables, log: workerLog } = workerContext;
  const { tenant } = pack;
  const builds = workerContext.containment?.builds ?? null;
  const marker = `${workerContext.instance}:environment:${directory}`;
  const onOutput = throttledProgress(listeners);
  const watchDisk = workerContext.diskWatch?.of(tenant);
  const options = { killGraceMs, actionVariables, marker, tenant, builds, stop, watchDisk, onOutput, log: workerLog };
  const result = await buildEnvironment(recipe, options, isRebuild);
  const sizeBytes = result.ok ? (await measureTree(directory)).bytes : null;
  const { log, failing, superseded } = result;
  await reportEnvironment({ ...record, status: result.ok ? 'ready' : 'failed', sizeBytes, log, failing, superseded });
  return result;
}

/** Logs the installer's last line for all waiting executions, once a second at most. */
function throttledProgress(listeners: ReadonlySet<LogProgress>): (bytes: Buffer) => void {
  let nextAt = performance.now() + PROGRESS_INTERVAL_MS;
  return (bytes) => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + PROGRESS_INTERVAL_MS;
    const line = storableText(bytes).trimEnd().split('\n').at(-1) ?? '';
    for (const logProgress of listeners) void logProgress('progress', { line });
  };
}
