import { setImmediate as nextTurn } from 'node:timers/promises';
import { END_SIGNALS } from '../helpers/end-signals';
import { Interrupted } from '../helpers/errors';
import { killChildGroups } from '../helpers/child-groups';
import { describeFailure } from './failures';
import { printNotice } from './line-printer';

/** Why a command in the foreground stops: a signal, or the end of stdin where it watches that. */
export type StopCause = Signal | 'stdin';

type Signal = (typeof END_SIGNALS)[number];

/** Resolves with the first cause. A second signal ends the command at once. */
export function waitForStop(watchStdin: boolean): Promise<StopCause> {
  return new Promise((resolve) => {
    const cancel = onSignal(resolve);
    if (watchStdin)
      onStdinEnd(() => {
        cancel();
        resolve('stdin');
      });
  });
}

/** Calls back at the first signal, and then no more. Returns the function that cancels this. */
function onSignal(listener: (signal: Signal) => void): () => void {
  const cancel = (): void => END_SIGNALS.forEach((signal) => process.removeListener(signal, stop));
  const stop = (signal: Signal): void => {
    cancel();
    listener(signal);
  };
  END_SIGNALS.forEach((signal) => process.on(signal, stop));
  return cancel;
}

/** Calls back when stdin ends, also because the process that writes to it has exited. */
function onStdinEnd(listener: () => void): void {
  process.stdin.once('end', listener).once('close', listener).once('error', listener);
  process.stdin.resume();
  if ('unref' in process.stdin) process.stdin.unref(); // a command that cannot start ends although stdin is open
}

/** Prints that a signal stops the command, and what it then waits for. */
export function announceStop(cause: StopCause, awaited: string): void {
  if (cause !== 'stdin') printNotice(`${cause}: stopping; ${awaited}; a second Ctrl-C ends it at once`);
}

/** Exits by the same signal, so that a shell sees it: 130 for SIGINT, 143 for SIGTERM. */
export function exitForCause(cause: StopCause): void {
  if (cause === 'stdin') process.exit(0);
  process.removeAllListeners(cause);
  process.kill(process.pid, cause);
}

/**
 * From here on, a signal that no part of the command handles ends it with one line. The second
 * signal is such a one: it also kills the process groups that the command has started.
 */
export function endOnUnhandledSignals(): void {
  let isRepeated = false;
  const end = (signal: Signal): void => {
    if (process.listenerCount(signal) > 1) {
      isRepeated = true;
      return;
    }
    killChildGroups();
    printNotice(isRepeated ? `${signal} again: ended at once, what still ran is killed` : `interrupted by ${signal}`);
    exitForCause(signal);
  };
  for (const signal of END_SIGNALS) process.on(signal, end);
}

/**
 * Resolves once the listeners of a signal that has arrived have run. Ctrl-C also ends the child
 * processes in the group of this one: what then fails is no error of the command.
 */
export async function arrivedSignals(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** Work that can be interrupted. `report` replaces what the line about an interruption states. */
type InterruptibleWork = (stop: AbortSignal, report: (outcome: string) => void) => Promise<void>;

/**
 * Runs work until its end or the first signal, which aborts `stop`: then it prints one line with
 * the outcome once the work has cleaned up, and this process exits by the same signal. What the
 * work throws then is printed too, unless it is Interrupted.
 */
export async function interruptible(outcome: string, work: InterruptibleWork): Promise<void> {
  const stop = new AbortController();
  const caught: Signal[] = [];
  const cancel = onSignal((signal) => {
    caught.push(signal);
    stop.abort();
  });
  let reported = outcome;
  try {
    await work(stop.signal, (text) => (reported = text));
  } catch (error) {
    await arrivedSignals();
    if (!stop.signal.aborted) throw error;
    if (!(error instanceof Interrupted)) printNotice(describeFailure(error).line);
  } finally {
    cancel();
  }
  const [cause] = caught;
  if (cause === undefined) return;
  printNotice(`interrupted by ${cause}; ${reported}`);
  exitForCause(cause);
}
