import { measureProcessorTime } from './processor-wait';

/** The end of a test's waits, and the times that the test has chosen to wait. */
export interface Deadline {
  /** Monotonic ms. */
  at(): number;
  /**
   * Ends the waits later by a time that the test has chosen, ms, such as the lifetime of an
   * inquiry.
   */
  plan(ms: number): void;
  /** From the start of the test to that end. */
  limitMs(): number;
}

/** Monotonic ms. */
type Now = () => number;

const monotonic: Now = () => performance.now();

/** How long this process has waited for a processor since the call, ms. */
function measureWait(): () => number {
  const measured = measureProcessorTime();
  return () => measured().waitedMs;
}

/**
 * `limitMs`: how long a test may take beside the times that it plans, and beside the time in which
 * this process waited for a processor: a target on the same host waited as well. That counts up to
 * MOST_WAITED times the limit.
 */
export function startDeadline(limitMs: number, now: Now = monotonic, waitedMs = measureWait()): Deadline {
  const startedAt = now();
  let plannedMs = limitMs;
  const at = () => startedAt + plannedMs + Math.min(waitedMs(), MOST_WAITED * limitMs);
  return {
    at,
    limitMs: () => at() - startedAt,
    plan: (ms) => {
      plannedMs += ms;
    },
  };
}

const MOST_WAITED = 2;

/**
 * Ms that are left of a wait which begins now and ends at `endsAt`, or later by the time in which
 * this process waits for a processor, at most once as long. Never below 0.
 */
export function countdown(endsAt: number, now: Now = monotonic, waitedMs = measureWait()): () => number {
  const limitMs = Math.max(0, endsAt - now());
  return () => {
    const leftMs = endsAt - now();
    return leftMs > 0 ? leftMs : Math.max(0, leftMs + Math.min(waitedMs(), limitMs));
  };
}
