import type { RunFacts } from '../../target/run-facts';

/** An estimate of the platform's clock. */
export interface PlatformClock {
  /** Epoch ms. */
  now(): number;
}

/**
 * The host's clock plus the offset that was measured before the run. It changes nothing on the
 * target: a change of a timer rule can make other timers lose a fire there.
 */
export const platformClock = ({ facts }: { readonly facts: Pick<RunFacts, 'clockOffsetMs'> }): PlatformClock => ({
  now: () => Date.now() + facts.clockOffsetMs,
});

/** RFC 3339 with milliseconds. */
export const rfc3339 = (epochMs: number): string => new Date(epochMs).toISOString();
