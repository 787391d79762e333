import { writeSync } from 'node:fs';
import { END_SIGNALS } from '../end-signals';
import { isAlive, signalProcess } from '../scenario/processes';
import { ownPlatforms } from '../target/start/spawn-platform';

/** Longer than a platform may take to close; what then still runs ends without this process. */
const END_TIMEOUT_MS = 25_000;
const LOOK_MS = 20;
const STDERR = 2;

/**
 * From here on, the first signal ends this process of Jest with one line, and the platforms that
 * it has started before; the second one ends it at once. A target to which it is attached has its
 * own listener, which comes first.
 */
export function endOnSignals(): void {
  const end = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    for (const each of END_SIGNALS) process.off(each, end);
    endPlatforms(signal);
    process.kill(process.pid, signal);
  };
  for (const signal of END_SIGNALS) process.on(signal, end);
}

/** Waits without returning to Jest, which would report the tests that the end has broken. */
function endPlatforms(signal: NodeJS.Signals): void {
  const platforms = [...ownPlatforms].filter(isAlive);
  if (platforms.length === 0) return printLine(`interrupted by ${signal}`);
  printLine(`interrupted by ${signal}; the platform of the tests is ending; a second Ctrl-C does not wait for it`);
  for (const pid of platforms) signalProcess(pid, 'SIGTERM');
  const deadline = performance.now() + END_TIMEOUT_MS;
  const clock = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  while (platforms.some(isAlive) && performance.now() < deadline) Atomics.wait(clock, 0, 0, LOOK_MS);
  for (const pid of platforms.filter(isAlive)) printLine(`the platform has not ended: process ${pid} still runs`);
}

/** At once: nothing of an ordinary stream is written any more. */
const printLine = (line: string): void => void writeSync(STDERR, `\ntuningfork: ${line}\n`);
