/** The end of a test's waits, and the times that the test has chosen to wait. */
export interface Deadline {
  /** Monotonic ms. */
  at(): number;
  /**
   * Ends the waits later by a time that the test has chosen, ms, such as the lifetime of an
   * inquiry. What has to happen within it cannot be judged if this process is not run as long.
   */
  plan(ms: number): void;
  /** The same for a time in which nothing has to happen. */
  extend(ms: number): void;
  /** The shortest planned time, ms; infinite without one. */
  shortestPlanMs(): number;
}

/** `limitMs`: how long a test may take beside the times that it plans. */
export function startDeadline(limitMs: number, now: () => number = () => performance.now()): Deadline {
  let at = now() + limitMs;
  let shortest = Infinity;
  const extend = (ms: number): void => void (at += ms);
  return {
    at: () => at,
    extend,
    plan: (ms) => {
      extend(ms);
      shortest = Math.min(shortest, ms);
    },
    shortestPlanMs: () => shortest,
  };
}
