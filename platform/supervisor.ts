import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Settings } from './settings';
import { CRASH_EXIT_CODE } from './worker/crash';
import { endWorkerLeftovers } from './worker/process/worker-leftovers';

/** The keys that sign tokens and seal stored secrets. */
export interface PlatformSecrets {
  readonly tokenSecret: string;
  readonly encryptionKey: string;
}

/**
 * The first line on stdin of a worker process, as JSON. Environment variables would show the
 * database's password to every process that the worker starts.
 */
export interface RoleSettings extends Settings, PlatformSecrets {
  readonly tokenSecret: string;
  readonly encryptionKey: string;
  readonly apiUrl: string;
  readonly name: string;
  /** Programs of packs are confined. */
  readonly isConfined: boolean;
}

/** What the platform runs from. */
export interface RoleProcessOptions {
  /** The program that worker processes run: the bundle of the checked-out sources. */
  readonly bundlePath: string;
  readonly root: string;
  readonly log: Logger;
}

interface SupervisorOptions extends RoleProcessOptions {
  /** Called when a worker process has exited without being stopped, before its next start. */
  onWorkerExit(worker: string): Promise<void>;
}

/** Pauses before a worker process is restarted, ms; the last repeats. */
const RESTART_PAUSES_MS = [0, 250, 1_000, 5_000];
/** After so long a worker was stable: it is restarted without a pause, ms. */
const STABLE_AFTER_MS = 10_000;
const STOP_TIMEOUT_MS = 10_000;
const RECORD_TIMEOUT_MS = 1_000;

interface Supervisor {
  /** Lets every worker drain, and waits until they have exited. */
  stop(): Promise<void>;
}

/**
 * Restarts worker processes until it is stopped. They exit by themselves when this process is
 * gone.
 */
export function superviseWorkers(
  settings: Settings & PlatformSecrets & Pick<RoleSettings, 'isConfined'>,
  apiUrl: string,
  processOptions: SupervisorOptions,
): Supervisor {
  const stopping = new AbortController();
  const workers = Array.from({ length: settings.workers }, (_, index) =>
    keepAlive({ ...settings, apiUrl, name: `${settings.instance}-w${index + 1}` }, processOptions, stopping.signal),
  );
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(workers);
    },
  };
}

async function keepAlive(role: RoleSettings, processOptions: SupervisorOptions, stop: AbortSignal): Promise<void> {
  for (let failures = 0; !stop.aborted;) {
    const startedAt = performance.now();
    const exit = await waitForExit(startWorker(role, processOptions), stop);
    if (stop.aborted) return;
    failures = performance.now() - startedAt > STABLE_AFTER_MS ? 0 : failures + 1;
    processOptions.log.error({ worker: role.name, ...exit }, 'worker process exited, restarting');
    await endLeftovers(role, processOptions.log);
    if (exit.code !== CRASH_EXIT_CODE) await recordExit(role.name, processOptions);
    await pause(RESTART_PAUSES_MS[Math.min(failures, RESTART_PAUSES_MS.length - 1)], undefined, { signal: stop }).catch(
      () => undefined,
    );
  }
}

/** A database that does not answer must not delay the next start: its leases end in time. */
const recordExit = (worker: string, { onWorkerExit, log }: SupervisorOptions): Promise<void> =>
  Promise.race([onWorkerExit(worker), pause(RECORD_TIMEOUT_MS, undefined, { ref: false })]).catch((error: unknown) =>
    log.warn({ err: error, worker }, 'could not record the exit of a worker'),
  );

/** The next process of this worker does the same when it starts: nothing is lost by a failure. */
const endLeftovers = ({ instance, name: worker, directory }: RoleSettings, log: Logger): Promise<void> =>
  endWorkerLeftovers({ instance, worker, directory }).catch((error: unknown) =>
    log.warn({ err: error, worker }, 'could not end what a worker left'),
  );

function startWorker(role: RoleSettings, { bundlePath, root }: RoleProcessOptions): ChildProcess {
  const child = spawn(process.execPath, [bundlePath, 'worker'], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { ...process.env, NODE_PATH: join(root, 'node_modules'), PLATFORM_INSTANCE: role.instance },
  });
  child.stdin.on('error', () => undefined); // exited before it read: reported by its exit
  child.stdin.write(`${JSON.stringify(role)}\n`);
  return child;
}

/** Waits until the process has exited; `stop` sends SIGTERM, and SIGKILL after a timeout. */
async function waitForExit(
  child: ChildProcess,
  stop: AbortSignal,
): Promise<{ code: number | null; signal: string | null }> {
  const terminate = () => child.kill('SIGTERM');
  if (stop.aborted) terminate();
  stop.addEventListener('abort', terminate, { once: true });
  const exited = new AbortController();
  stop.addEventListener('abort', () => void killAfterTimeout(child, exited.signal), { once: true });
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal };
  } finally {
    exited.abort();
    stop.removeEventListener('abort', terminate);
  }
}

async function killAfterTimeout(child: ChildProcess, exited: AbortSignal): Promise<void> {
  await pause(STOP_TIMEOUT_MS, undefined, { signal: exited }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
}
