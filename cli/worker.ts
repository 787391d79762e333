import { Socket } from 'node:net';
import { setClockOffset } from '../platform/base/clock';
import { connectToPlatform } from '../platform/workers/rpc/connect-worker';
import { WORKER_STREAM } from '../platform/workers/rpc/serve-worker';
import { SHUTDOWN } from '../platform/worker/attempts/stop-reasons';
import { CRASH_EXIT_CODE, handleCrashes } from '../platform/worker/crash';
import { runWorker } from '../platform/worker/main';
import { availableRuntimes } from '../platform/worker/runtimes/choose-runtime';
import { rememberOutputsIn } from '../platform/worker/runtimes/remembered-output';
import { createWorkerLog } from '../platform/worker/worker-log';
import { keepCompiled } from './keep-compiled';
import type { LaunchOptions } from './launch-options';

/**
 * Runs a worker for the platform at the other end of its stream. It stops on SIGTERM, on SIGINT,
 * and when the stream ends. Before the platform has started, a signal ends the process.
 */
export async function worker(launchOptions: LaunchOptions): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  rememberOutputsIn(launchOptions.root);
  availableRuntimes(null).catch(() => undefined); // found once, while the platform starts
  const stream = new Socket({ fd: WORKER_STREAM, readable: true, writable: true });
  const connection = await connectToPlatform(stream, end);
  if (connection === null) return;
  const shutDown = (): void => stop.abort(SHUTDOWN);
  process.on('SIGTERM', shutDown).on('SIGINT', shutDown);
  const { start, access, feed, close } = connection;
  const { apiUrl, name, presetVariables, isConfined, ...settings } = start;
  setClockOffset(settings.clockOffsetMs);
  const log = createWorkerLog(name);
  handleCrashes(log, (blamed) => {
    if (!endAfterCrash(stop, settings.killGraceMs + settings.leaseMs)) return;
    void access.recordCrash(blamed).catch((error: unknown) => log.warn({ err: error }, 'could not record the crash'));
  });
  try {
    const program = process.argv[1] ?? '';
    await runWorker({
      access,
      feed,
      settings,
      name,
      apiUrl,
      presetVariables,
      isConfined,
      program,
      stop: stop.signal,
      onActive: () => keepCompiled(launchOptions),
    });
  } finally {
    close();
  }
}

/**
 * The worker stops as on SIGTERM: its attempts end or are relinquished, and recovered elsewhere.
 * What the error left in an unknown state may keep it from that: the time is limited. False: it
 * stops already.
 */
function endAfterCrash(stop: AbortController, limitMs: number): boolean {
  process.exitCode = CRASH_EXIT_CODE;
  if (stop.signal.aborted) return false;
  stop.abort();
  setTimeout(() => process.exit(), limitMs).unref();
  return true;
}
