/**
 * Another engine on PostgreSQL, in the process of the benchmark and on the server of the measured
 * platform. It has no API, no tenants and no processes: a floor, and not a competitor.
 */
export interface ReferenceEngine {
  /** Of its figures. */
  readonly id: string;
  /** With its version. */
  readonly name: string;
  /** Runs no-op steps one after the other. Returns the time from the request to the end, ms. */
  sequenceMs(steps: number): Promise<number>;
  close(): Promise<void>;
}

/** The reference engines that can be asked for many steps at once. */
export interface QueueEngine extends ReferenceEngine {
  /**
   * Runs no-op jobs as fast as it can. Returns the time from the first request to the last end,
   * ms.
   */
  burstMs(jobs: number): Promise<number>;
}
