import { setTimeout as sleep } from 'node:timers/promises';
import { END_SIGNALS } from '../end-signals';
import { messageOf } from '../errors';

/** Time for the release; a second signal ends the process at once. */
const RELEASE_TIMEOUT_MS = 5_000;

/**
 * Runs the release before a signal ends this process, which it then does. The line that is printed
 * first states what is being released. Returns the function that cancels this.
 */
export function releaseOnSignal(outcome: string, release: () => Promise<void>): () => void {
  const cancel = (): void => END_SIGNALS.forEach((signal) => process.off(signal, end));
  const end = (signal: NodeJS.Signals): void => {
    cancel();
    process.stderr.write(`\ntuningfork: interrupted by ${signal}; ${outcome}; a second Ctrl-C does not wait for it\n`);
    const released = release().catch((error: unknown) => {
      process.stderr.write(`\ntuningfork: releasing the target failed: ${messageOf(error)}\n`);
    });
    void Promise.race([released, sleep(RELEASE_TIMEOUT_MS)]).then(() => {
      process.removeAllListeners(signal); // of the command: this is no second signal
      process.kill(process.pid, signal);
    });
  };
  END_SIGNALS.forEach((signal) => process.on(signal, end));
  return cancel;
}
