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

/** `limitMs`: how long a test may take beside the times that it plans. */
export function startDeadline(limitMs: number, now: () => number = () => performance.now()): Deadline {
  const startedAt = now();
  let at = startedAt + limitMs;
  return {
    at: () => at,
    limitMs: () => at - startedAt,
    plan: (ms) => {
      at += ms;
    },
  };
}
