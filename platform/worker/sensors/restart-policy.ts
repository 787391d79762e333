import { backoffMs } from '../../base/async/retry-with-backoff';

/** The longest pause before a restart, ms. */
const MAX_PAUSE_MS = 300_000;
/** A process that ran for so many first pauses was stable: its end counts as the first failure. */
const STABLE_AFTER_PAUSES = 12;
/** Failures in a row that create an alert. */
const ALERT_AFTER_FAILURES = 3;

interface RestartDecision {
  /** Ends in a row that were not requested, this one included. */
  readonly failures: number;
  readonly pauseMs: number;
  readonly status: 'backoff' | 'failed';
  /** True once in a row of failures. */
  readonly isAlertDue: boolean;
}

/**
 * How to go on after a process ended by itself. `baseMs` is the first pause; each further one
 * doubles it.
 */
export function decideRestart(earlierFailures: number, uptimeMs: number, baseMs: number): RestartDecision {
  const failures = uptimeMs >= baseMs * STABLE_AFTER_PAUSES ? 1 : earlierFailures + 1;
  return {
    failures,
    pauseMs: backoffMs({ firstMs: baseMs, maxMs: MAX_PAUSE_MS }, failures),
    status: failures >= ALERT_AFTER_FAILURES ? 'failed' : 'backoff',
    isAlertDue: failures === ALERT_AFTER_FAILURES,
  };
}
