import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Duplex } from 'node:stream';
import type { Settings } from './settings';
import { CRASH_EXIT_CODE } from './worker/crash';
import { endWorkerLeftovers } from './worker/process/worker-leftovers';
import { WORKER_STREAM } from './worker-access/serve-worker';

/** What the platform runs from. */
export interface RoleProcessOptions {
  /** The program that worker processes run: the bundle of the checked-out sources. */
  readonly bundlePath: string;
  readonly root: string;
  readonly log: Logger;
}

interface SupervisorOptions extends RoleProcessOptions {
  /** Resolves when the platform serves its workers: until then an exit is not reported. */
  readonly ready: Promise<unknown>;
  /** Called when a worker process has exited without being stopped, before its next start. */
  onWorkerExit(worker: string): Promise<void>;
  /** Serves the worker of this name at the other end of the stream. */
  serve(stream: Duplex, name: string): void;
}

/** Pauses before a worker process is restarted, ms; the last repeats. */
const RESTART_PAUSES_MS = [0, 250, 1_000, 5_000];
/** After so long a worker was stable: it is restarted without a pause, ms. */
const STABLE_AFTER_MS = 10_000;
/** A stopping worker is killed when it takes longer than its graces by this, ms. */
const STOP_TIMEOUT_MS = 10_000;
const RECORD_TIMEOUT_MS = 1_000;
/**
 * Threads of a worker for files. A move into a control group takes one for 10 ms, a new sandbox up
 * to four: the files of other attempts must not wait for them.
 */
const FILE_THREADS = 16;

interface Supervisor {
  /** Lets every worker drain, and waits until they have exited. */
  stop(): Promise<void>;
}

/**
 * Restarts worker processes until it is stopped. They exit by themselves when this process is
 * gone.
 */
export function superviseWorkers(
  settings: Pick<Settings, 'workers' | 'instance' | 'directory' | 'shutdownGraceMs' | 'killGraceMs'>,
  options: SupervisorOptions,
): Supervisor {
  const stopping = new AbortController();
  const stopTimeoutMs = settings.shutdownGraceMs + settings.killGraceMs + STOP_TIMEOUT_MS;
  const workers = Array.from({ length: settings.workers }, (_, index) =>
    keepAlive({ ...settings, stopTimeoutMs, name: `${settings.instance}-w${index + 1}` }, options, stopping.signal),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(workers);
    },
  };
}

interface SupervisedWorker {
  readonly name: string;
  readonly instance: string;
  /** The platform's. */
  readonly directory: string;
  readonly stopTimeoutMs: number;
}

async function keepAlive(worker: SupervisedWorker, options: SupervisorOptions, stop: AbortSignal): Promise<void> {
  const readyOrStopped = Promise.race([options.ready, aborted(stop)]);
  for (let failures = 0; !stop.aborted;) {
    const startedAt = performance.now();
    const exit = await waitForExit(startWorker(worker, options), stop, worker.stopTimeoutMs);
    await readyOrStopped;
    if (stop.aborted) return;
    failures = performance.now() - startedAt > STABLE_AFTER_MS ? 0 : failures + 1;
    options.log.error({ worker: worker.name, ...exit }, 'worker process exited, restarting');
    await endLeftovers(worker, options.log);
    if (exit.code !== CRASH_EXIT_CODE) await recordExit(worker.name, options);
    await pause(RESTART_PAUSES_MS[Math.min(failures, RESTART_PAUSES_MS.length - 1)], undefined, { signal: stop }).catch(
      () => undefined,
    );
  }
}

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/** A database that does not answer must not delay the next start: its leases end in time. */
const recordExit = (worker: string, { onWorkerExit, log }: SupervisorOptions): Promise<void> =>
  Promise.race([onWorkerExit(worker), pause(RECORD_TIMEOUT_MS, undefined, { ref: false })]).catch((error: unknown) =>
    log.warn({ err: error, worker }, 'could not record the exit of a worker'),
  );

/** The next process of this worker does the same when it starts: nothing is lost by a failure. */
const endLeftovers = ({ instance, name: worker, directory }: SupervisedWorker, log: Logger): Promise<void> =>
  endWorkerLeftovers({ instance, worker, directory }).catch((error: unknown) =>
    log.warn({ err: error, worker }, 'could not end what a worker left'),
  );

function startWorker(
  { instance, name }: SupervisedWorker,
  { bundlePath, root, serve }: SupervisorOptions,
): ChildProcess {
  const child = spawn(process.execPath, [bundlePath, 'worker'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    env: {
      UV_THREADPOOL_SIZE: String(FILE_THREADS),
      ...process.env,
      ...{ NODE_PATH: join(root, 'node_modules'), PLATFORM_INSTANCE: instance },
    },
  });
  serve(child.stdio[WORKER_STREAM] as Duplex, name);
  return child;
}

/** Waits until the process has exited; `stop` sends SIGTERM, and SIGKILL after a timeout. */
async function waitForExit(
  child: ChildProcess,
  stop: AbortSignal,
  timeoutMs: number,
): Promise<{ code: number | null; signal: string | null }> {
  const terminate = () => child.kill('SIGTERM');
  if (stop.aborted) terminate();
  stop.addEventListener('abort', terminate, { once: true });
  const exited = new AbortController();
  stop.addEventListener('abort', () => void killAfterTimeout(child, timeoutMs, exited.signal), { once: true });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal };
  } finally {
    exited.abort();
    stop.removeEventListener('abort', terminate);
  }
}

async function killAfterTimeout(child: ChildProcess, timeoutMs: number, exited: AbortSignal): Promise<void> {
  await pause(timeoutMs, undefined, { signal: exited }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
}
