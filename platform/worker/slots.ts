import type { Logger } from 'pino';
import type { Settings } from '../settings';
import { keepLogs } from '../store/artifacts';
import { claim, finish, markStarted, note } from '../store/attempts';
import type { Database } from '../store/database';
import { hostNow } from '../clock';
import type { Attempt, Claim, Outcome } from './attempt';
import { messageOf } from './faults';
import { insist } from './insist';
import { notRunnable } from './result';
import type { Report } from './environments/report';
import { runAttempt, type Hooks } from './run-attempt';
import { CANCELLED, RELINQUISHED } from './stop-reasons';
import type { Surroundings } from './surroundings';

/** Limit of an execution that nobody gave one. */
const DEFAULT_LIMIT_SECONDS = 300;

export interface SlotsOptions {
  readonly db: Database;
  readonly worker: number;
  readonly settings: Pick<Settings, 'slots' | 'leaseMs' | 'killGraceMs'>;
  readonly surroundings: Surroundings;
  readonly report: Report;
  readonly log: Logger;
}

/** The attempts of one worker: at most `slots` at once. */
export interface Slots {
  /** There may be work: claims what the free slots hold. */
  look(): void;
  /** Fencing tokens of the leases held here. */
  holding(): number[];
  /** Stops an execution that runs here; otherwise nothing. */
  cancel(execution: number): void;
  /** Claims nothing more, lets attempts end by themselves for the grace, then stops them without an end. */
  drain(): Promise<void>;
}

interface Running {
  readonly execution: number;
  readonly fencingToken: number;
  readonly stop: AbortController;
  done: Promise<void>;
}

export function openSlots({ db, worker, settings, surroundings, report, log }: SlotsOptions): Slots {
  const running = new Set<Running>();
  const giveUp = new AbortController();
  let mayBeMore = false;
  let looking: Promise<void> | null = null;
  let draining = false;

  const look = () => {
    mayBeMore = true;
    looking ??= claimAll().finally(() => {
      looking = null;
      if (mayClaim()) look();
    });
  };

  const mayClaim = () => mayBeMore && !draining && running.size < settings.slots;

  const claimAll = async () => {
    try {
      while (mayClaim()) {
        mayBeMore = false;
        const free = settings.slots - running.size;
        const claims = await claim(db, worker, free, {
          leaseMs: settings.leaseMs,
          limitSeconds: DEFAULT_LIMIT_SECONDS,
        });
        if (claims.length === free) mayBeMore = true;
        claims.forEach(begin);
      }
    } catch (error) {
      log.warn({ err: error }, 'could not claim'); // the next poll looks again
    }
  };

  const begin = (held: Attempt) => {
    // Handed to us again: the lease of the earlier attempt is over, and what it does is nobody's.
    stopAll(RELINQUISHED, held.execution);
    const stop = new AbortController();
    const { execution, fencingToken } = held;
    const entry: Running = { execution, fencingToken, stop, done: Promise.resolve() };
    running.add(entry);
    entry.done = carryOut(held, stop.signal).finally(() => {
      running.delete(entry);
      if (mayBeMore) look();
    });
    if (draining) stop.abort(RELINQUISHED);
  };

  const stopAll = (reason: string, execution?: number) => {
    for (const entry of running) if ((execution ?? entry.execution) === entry.execution) entry.stop.abort(reason);
  };

  const hooksOf = (held: Claim, doubt: () => void): Hooks => ({
    started: (startedAtMs) => insist(() => markStarted(db, held, startedAtMs), log, giveUp.signal, doubt),
    report,
    said: (logs) =>
      insist(() => keepLogs(db, held, logs), log, giveUp.signal).then(
        () => undefined,
        (error: unknown) => log.warn({ err: error, execution: held.execution }, 'logs are not listed as artifacts'),
      ),
    note: (type, payload) =>
      note(db, held, worker, type, payload).catch((error: unknown) =>
        log.warn({ err: error, execution: held.execution, type }, 'log entry not written'),
      ),
  });

  const carryOut = async (held: Attempt, stop: AbortSignal) => {
    let inDoubt = false;
    try {
      const outcome = await runAttempt(
        held,
        surroundings,
        hooksOf(held, () => (inDoubt = true)),
        stop,
      );
      if (outcome !== null) return await deliver(held, outcome);
      // Whether the lost answer was a start can no longer be told: an end is written, and refused if it is not ours.
      if (inDoubt && !draining) await deliver(held, failed('the database was lost while it was being started'));
    } catch (error) {
      log.error({ err: error, execution: held.execution }, 'attempt could not be carried out');
      if (!giveUp.signal.aborted) await deliver(held, failed(messageOf(error)));
    }
  };

  /** Never rejects: what cannot be stored as it is ends as a failure that says so. */
  const deliver = async (held: Claim, outcome: Outcome, replaced = false): Promise<void> => {
    const { execution, fencingToken } = held;
    try {
      const accepted = await insist(() => finish(db, held, outcome), log, giveUp.signal);
      if (!accepted) log.warn({ execution, fencingToken, status: outcome.status }, 'LEASE_FENCED: end refused');
    } catch (error) {
      log.error({ err: error, execution, fencingToken }, 'end could not be written');
      if (replaced || giveUp.signal.aborted) return;
      await deliver(held, failed(`its result cannot be stored: ${messageOf(error)}`), true);
    }
  };

  const drain = async () => {
    draining = true;
    const polite = setTimeout(stopAll, settings.killGraceMs, RELINQUISHED);
    const last = setTimeout(() => giveUp.abort(), settings.killGraceMs + settings.leaseMs);
    await looking;
    await Promise.all([...running.values()].map(({ done }) => done));
    clearTimeout(polite);
    clearTimeout(last);
  };

  return {
    look,
    holding: () => [...running].map(({ fencingToken }) => fencingToken),
    cancel: (execution) => stopAll(CANCELLED, execution),
    drain,
  };
}

const failed = (problem: string): Outcome => ({
  status: 'failed',
  result: notRunnable(problem),
  finishedAt: hostNow(),
  timeoutLevel: null,
  stdoutTail: '',
  stderrTail: '',
});
