/** The end of a test's waits, and the times that the test has chosen to wait. */
export interface Deadline {
  /** Monotonic ms. */
  at(): number;
  /**
   * Ends the waits later by a time that the test has chosen, ms, such as the lifetime of an
   * inquiry.
   */
  plan(ms: number): void;
}

/** `limitMs`: how long a test may take beside the times that it plans. */
export function startDeadline(limitMs: number, now: () => number = () => performance.now()): Deadline {
  let at = now() + limitMs;
  return {
    at: () => at,
    plan: (ms) => {
      at += ms;
    },
  };
}
