/** Bounds on what executions and tenants may use. */
export interface Limits {
  /** Executions in a chain of causes. */
  readonly causationDepth: number;
}

/** The limits of a platform without settings. */
export const DEFAULT_LIMITS: Limits = {
  causationDepth: 64,
};
