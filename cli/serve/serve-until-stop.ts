import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Watchdog } from '../../platform/embedded/watchdog';
import { banner, type BannerFacts } from '../banner';
import { keepCompiled } from '../keep-compiled';
import type { LaunchOptions } from '../launch-options';
import { announceStop, arrivedSignals, exitForCause, type StopCause } from '../stop-cause';
import { printNotice } from '../line-printer';

/** A platform of this process that is ready. */
export interface StartedPlatform {
  readonly facts: BannerFacts;
  readonly close: () => Promise<void>;
  readonly closeTimeoutMs: number;
  /**
   * Resolves when the embedded PostgreSQL has exited and is not started again, or when another
   * stack has taken the database.
   */
  readonly databaseLost: Promise<Error>;
}

/** How a platform stopped. */
export interface ServeEnd {
  readonly cause: StopCause;
  /** False: the start was interrupted. */
  readonly isReady: boolean;
}

/** Prints one line about a start that did not come to its end. */
export function reportInterruptedStart(cause: StopCause): void {
  const reason = cause === 'stdin' ? 'stdin ended' : `interrupted by ${cause}`;
  printNotice(`${reason} during the start; all its processes have ended`);
}

/** How long this process may take to exit after a stop during its start. */
const EXIT_TIMEOUT_MS = 500;

type Closable = Pick<StartedPlatform, 'close'>;

/**
 * Ends the processes of a start, or of what it has started. An interrupted start goes on until it
 * misses what the watchdog has stopped.
 */
export async function stopProcesses(watchdog: Watchdog, starting: Promise<Closable>): Promise<void> {
  const closing = starting.catch(() => undefined); // at once: it may reject while the watchdog stops
  await watchdog.stop();
  const ended = closing.then((started) => started?.close()).catch(() => undefined);
  await Promise.race([ended, pause(EXIT_TIMEOUT_MS, undefined, { ref: false })]);
  rmSync(watchdog.directory, { recursive: true, force: true });
}

/**
 * What a start gives. Null where a stop was requested before: then its processes have ended, and
 * this one exits by the signal. `mute` ends its log. Rejects with the error of the start, after
 * its processes have ended.
 */
export async function startUnlessStopped<T extends { readonly stop: Closable['close'] }>(
  watchdog: Watchdog,
  starting: Promise<T>,
  stopRequest: Promise<StopCause>,
  mute: () => void,
): Promise<T | null> {
  let first: T | StopCause;
  try {
    first = await stopOrStart(stopRequest, starting);
  } catch (error) {
    await watchdog.stop();
    throw error;
  }
  if (typeof first !== 'string') return first;
  mute();
  await stopProcesses(
    watchdog,
    starting.then(({ stop }) => ({ close: stop })),
  );
  reportInterruptedStart(first);
  exitForCause(first);
  return null;
}

/** A start that fails because Ctrl-C has ended one of its processes is an interrupted one. */
const stopOrStart = <T>(stopRequest: Promise<StopCause>, starting: Promise<T>): Promise<StopCause | T> =>
  Promise.race([
    stopRequest,
    starting.catch(async (error: unknown) => {
      await arrivedSignals();
      throw error;
    }),
  ]);

interface ServeOptions {
  readonly json: boolean;
  /** Which running attempts get at a stop; 0: there are none. */
  readonly graceMs: number;
  readonly launchOptions: LaunchOptions;
}

/**
 * Prints the address of a platform when it is ready, and waits for a stop, which closes it.
 * Rejects with the error of the start, or of a database that is lost.
 */
export async function serveUntilStop(
  starting: Promise<StartedPlatform>,
  stopRequest: Promise<StopCause>,
  { json, graceMs, launchOptions }: ServeOptions,
): Promise<ServeEnd> {
  const first = await stopOrStart(stopRequest, starting);
  if (typeof first === 'string') return { cause: first, isReady: false };
  printReady(first.facts, json);
  keepCompiled(launchOptions);
  const end = await Promise.race([stopRequest, first.databaseLost]);
  if (typeof end === 'string') announceStop(end, awaitedAtStop(graceMs));
  const closed = Promise.race([first.close(), pause(first.closeTimeoutMs, undefined, { ref: false })]);
  if (typeof end === 'string') return closed.then(() => ({ cause: end, isReady: true }));
  await Promise.race([closed, stopRequest]);
  throw end;
}

const awaitedAtStop = (graceMs: number): string =>
  graceMs > 0 ? `attempts that run have ${graceMs / 1_000} s to end` : 'it waits for what is being written';

function printReady(facts: BannerFacts, json: boolean): void {
  process.stdout.removeAllListeners('error'); // of main.ts, which would end the platform with the reader of its output
  process.stdout.on('error', () => undefined);
  process.stdout.write(json ? `${JSON.stringify(facts.running)}\n` : banner(facts));
}
