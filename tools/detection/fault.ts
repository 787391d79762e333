/**
 * One small deliberate mistake in the platform, and the claims that must fail because of it. The
 * part to replace is compared token by token, so that formatting and position are irrelevant.
 */
export interface Fault {
  readonly id: string;
  /** What holds on the platform without the fault, as one sentence. */
  readonly promise: string;
  /** Path below `platform/`. */
  readonly file: string;
  /** Name of the function, `Class.method` or constant with the part; absent in SQL files. */
  readonly within?: string;
  /** A statement, expression or member; in SQL, a sequence of tokens. */
  readonly find: string;
  readonly replace: string;
  /** Ids of claims in the tiers, or of scenarios among the system tests. */
  readonly claims: readonly string[];
}

/** The catalogue does not fit the sources. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}
