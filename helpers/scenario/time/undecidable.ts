import { ApiError, CombinedError, EnvironmentError, PastDeadlineError, WaitError, isError } from '../../errors';

/** What this host did to a test's process, and what the test had planned. */
export interface HostFacts {
  /** The longest time that the process was not run, ms. */
  readonly worstPauseMs: number;
  /** The shortest time that the test had planned, ms; infinite without one. */
  readonly shortestPlanMs: number;
  /** Processor time of the process, and its time in the queue for it, ms. */
  readonly ranMs: number;
  readonly waitedMs: number;
  /** How many times its budget the test may take. */
  readonly budgetFactor: number;
}

/** A process that is not run for this share of a planned time cannot act within it. */
const PLAN_SHARE = 0.5;
/** A process that waits for a processor as long as it runs takes twice its usual time. */
const MIN_SLOWDOWN = 2;
/** One that is slowed down by this may time out, however long the test may take. */
const MAX_SLOWDOWN = 4;
/** The target may be slowed down by so many times more than the process. */
const TARGET_FACTOR = 4;
const MIN_WAITED_MS = 2_000;

/**
 * EnvironmentError in place of a test's error that this host may have caused; else the error
 * itself. A slow target alone changes none of these measures.
 */
export function attributeError(error: unknown, host: HostFacts): unknown {
  if (!isError(error) || error instanceof EnvironmentError) return error;
  const reason = pauseReason(host) ?? (isTimeout(error) ? queueReason(host) : null);
  if (reason === null) return error;
  return new EnvironmentError(`${reason}. The test would have failed with\n${error.name}: ${error.message}`);
}

function pauseReason({ worstPauseMs, shortestPlanMs }: HostFacts): string | null {
  if (worstPauseMs < PLAN_SHARE * shortestPlanMs) return null;
  return `this process was not run for ${seconds(worstPauseMs)}, and the test had planned ${seconds(shortestPlanMs)}`;
}

function queueReason({ ranMs, waitedMs, budgetFactor }: HostFacts): string | null {
  const excusing = Math.min(Math.max(budgetFactor / TARGET_FACTOR, MIN_SLOWDOWN), MAX_SLOWDOWN);
  if (waitedMs < MIN_WAITED_MS || ranMs + waitedMs < excusing * ranMs) return null;
  return `this process ran for ${seconds(ranMs)} and waited ${seconds(waitedMs)} for a processor`;
}

/** Several errors are a time-out if each of them is, and a described one if its cause is. */
const isTimeout = (error: unknown): boolean =>
  error instanceof PastDeadlineError ||
  (error instanceof CombinedError && error.errors.every(isTimeout)) ||
  (isError(error) && error.cause !== undefined && isTimeout(error.cause)) ||
  (error instanceof WaitError && error.code === 'WAIT_TIMED_OUT') ||
  (error instanceof ApiError && error.code === 'ECONNABORTED');

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
