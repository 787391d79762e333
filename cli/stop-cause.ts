import { Interrupted } from '../helpers/errors';

/** Why a command in the foreground stops: a signal, or the end of stdin where it watches that. */
export type StopCause = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'stdin';

export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the first cause. A second signal kills at once: the watchdog cleans up. */
export function waitForStop(watchStdin: boolean): Promise<StopCause> {
  return new Promise((resolve) => {
    const stop = (cause: StopCause): void => {
      for (const signal of SIGNALS) process.removeListener(signal, stop);
      resolve(cause);
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    if (watchStdin) onStdinEnd(() => stop('stdin'));
  });
}

/** Calls back when stdin ends, also because the process that writes to it has exited. */
function onStdinEnd(listener: () => void): void {
  process.stdin.once('end', listener).once('close', listener).once('error', listener);
  process.stdin.resume();
  if ('unref' in process.stdin) process.stdin.unref(); // a command that cannot start ends although stdin is open
}

/** Exits by the same signal, so that a shell sees it. */
export function exitForCause(cause: StopCause): void {
  if (cause === 'stdin') process.exit(0);
  process.kill(process.pid, cause);
}

/**
 * Runs work until its end or the first signal, which aborts `stop`. Work that then rejects with
 * Interrupted has cleaned up, and this process exits by the same signal.
 */
export async function interruptible(work: (stop: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const stopCause = waitForStop(false).then((cause) => {
    stop.abort();
    return cause;
  });
  try {
    await work(stop.signal);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    exitForCause(await stopCause);
  }
}
