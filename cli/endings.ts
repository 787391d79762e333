/** What a command in the foreground ends by: a signal, or the end of its stdin where that was asked for. */
export type Ending = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'stdin';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first ending. A second signal then kills at once: the watchdog does the rest. */
export function firstEnding(watchStdin: boolean): Promise<Ending> {
  return new Promise((resolve) => {
    const end = (ending: Ending): void => {
      for (const signal of SIGNALS) process.removeListener(signal, end);
      resolve(ending);
    };
    for (const signal of SIGNALS) process.on(signal, end);
    if (watchStdin) onStdinEnd(() => end('stdin'));
  });
}

/** Whoever holds the other end of stdin may die: then it ends as well. */
export function onStdinEnd(listener: () => void): void {
  process.stdin.once('end', listener).once('close', listener).once('error', listener);
  process.stdin.resume();
}

/** Ends this process as its user asked, so that a shell sees the signal. */
export function finish(ending: Ending): void {
  if (ending === 'stdin') process.exit(0);
  process.kill(process.pid, ending);
}
