import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Duplex } from 'node:stream';
import type { Settings } from '../base/settings/settings';
import { CRASH_EXIT_CODE } from '../worker/crash';
import { endWorkerLeftovers } from '../worker/process/worker-leftovers';
import { processName } from '../base/worker-names';
import { spawnWorker, waitForExit, type ProcessEnd } from './worker-process';

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
  /**
   * Called when a worker process has exited without being stopped, before its next start.
   * `isRecorded`: the process has recorded its crash.
   */
  onWorkerExit(worker: string, isRecorded: boolean): Promise<void>;
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

export interface SupervisedWorker {
  /** Lets the worker drain, and waits until its process has exited. */
  stop(): Promise<void>;
}

export interface Supervisor {
  /** Starts a worker of this name beside those of the settings. */
  keepRunning(name: string): SupervisedWorker;
  /** The same for every worker. */
  stop(): Promise<void>;
}

/**
 * Restarts worker processes until they are stopped. They exit by themselves when this process is
 * gone.
 */
export function superviseWorkers(
  settings: Pick<Settings, 'workers' | 'instance' | 'directory' | 'shutdownGraceMs' | 'killGraceMs'>,
  options: SupervisorOptions,
): Supervisor {
  const stopTimeoutMs = settings.shutdownGraceMs + settings.killGraceMs + STOP_TIMEOUT_MS;
  const workers = new Set<SupervisedWorker>();
  const keepRunning = (name: string): SupervisedWorker => {
    const stopping = new AbortController();
    const ended = keepAlive({ ...settings, stopTimeoutMs, name }, options, stopping.signal);
    const worker = {
      stop: async () => {
        stopping.abort();
        await ended;
        workers.delete(worker);
      },
    };
    workers.add(worker);
    return worker;
  };
  for (let index = 1; index <= settings.workers; index++) keepRunning(processName(settings.instance, index));
  return {
    keepRunning,
    stop: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()));
    },
  };
}

interface WorkerToRun {
  readonly name: string;
  readonly instance: string;
  /** The platform's. */
  readonly directory: string;
  readonly stopTimeoutMs: number;
}

async function keepAlive(worker: WorkerToRun, options: SupervisorOptions, stop: AbortSignal): Promise<void> {
  const readyOrStopped = Promise.race([options.ready, aborted(stop)]);
  for (let failures = 0; !stop.aborted;) {
    const startedAt = performance.now();
    const exit = await runProcess(worker, options, stop);
    await readyOrStopped;
    if (stop.aborted) return endLeftovers(worker, options.log);
    failures = performance.now() - startedAt > STABLE_AFTER_MS ? 0 : failures + 1;
    options.log.error({ worker: worker.name, ...exit }, describeEnd(exit));
    await endLeftovers(worker, options.log);
    await recordExit(worker.name, exit.code === CRASH_EXIT_CODE, options);
    await pause(RESTART_PAUSES_MS[Math.min(failures, RESTART_PAUSES_MS.length - 1)], undefined, { signal: stop }).catch(
      () => undefined,
    );
  }
}

/** What ended a worker, as one line. */
export function describeEnd({ code, signal, stderr }: ProcessEnd): string {
  const end =
    signal !== null
      ? `signal ${signal} ended it`
      : code === null
        ? 'it was not started'
        : `it ended with exit code ${code}`;
  const cause = code === CRASH_EXIT_CODE ? ', after the error that it logged' : '';
  const last = stderr.at(-1);
  return `WORKER_CRASHED: ${end}${cause}, and it is restarted${last === undefined ? '' : `; it wrote last: ${last}`}`;
}

/** Runs the process of a worker to its end. One that cannot be started ends without a code. */
async function runProcess(worker: WorkerToRun, options: SupervisorOptions, stop: AbortSignal): Promise<ProcessEnd> {
  try {
    return await waitForExit(spawnWorker(worker, options), stop, worker.stopTimeoutMs);
  } catch (error) {
    options.log.error({ err: error, worker: worker.name }, 'could not start a worker process');
    return { code: null, signal: null, stderr: [] };
  }
}

const aborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/** A database that does not answer must not delay the next start: its leases end in time. */
const recordExit = (worker: string, isRecorded: boolean, { onWorkerExit, log }: SupervisorOptions): Promise<void> =>
  Promise.race([onWorkerExit(worker, isRecorded), pause(RECORD_TIMEOUT_MS, undefined, { ref: false })]).catch(
    (error: unknown) => log.warn({ err: error, worker }, 'could not record the exit of a worker'),
  );

/** A next process of this worker does the same when it starts: nothing is lost by a failure. */
const endLeftovers = ({ instance, name: worker, directory }: WorkerToRun, log: Logger): Promise<void> =>
  endWorkerLeftovers({ instance, worker, directory }).catch((error: unknown) =>
    log.warn({ err: error, worker }, 'could not end what a worker left'),
  );
