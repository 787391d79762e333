import { posix } from 'node:path';

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

/** Faults by id. */
export type Faults = Readonly<Record<string, Omit<Fault, 'id'>>>;

/** The catalogue does not fit the sources. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

/** `Fault.file` is relative to it. */
const BASE = 'platform';

/** From the root. */
export const pathOfFile = (file: string): string => posix.join(BASE, file);
/** As a fault names it. */
export const fileOfPath = (path: string): string => posix.relative(BASE, path);
