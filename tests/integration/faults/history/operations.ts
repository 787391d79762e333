/** What a client knows of one request; times are of its monotonic clock, ms. */
interface Timed {
  readonly invokedAt: number;
  readonly returnedAt: number;
}

/**
 * A write of a register: `unknown` if no response arrived, so that it may have happened or may
 * still happen. `base` is the version that it replaces.
 */
export interface Write extends Timed {
  readonly type: 'write';
  readonly register: string;
  readonly base: number;
  readonly value: number;
  readonly outcome: 'ok' | 'refused' | 'unknown';
}

export interface Read extends Timed {
  readonly type: 'read';
  readonly register: string;
  readonly version: number;
  readonly value: number;
}

/** A request that was repeated under one idempotency key; `ids` are those of its responses. */
interface Add extends Timed {
  readonly type: 'add';
  readonly name: string;
  readonly ids: readonly number[];
}

export type Operation = Write | Read | Add;

/** What the platform and its processes hold after the last fault. */
export interface FinalState {
  /** Executions with the name that their request had. */
  readonly executions: readonly FinalExecution[];
  /** Starts and ends that the processes themselves recorded. */
  readonly ledger: readonly LedgerLine[];
  /** Occurrence numbers of the timer's events, in order. */
  readonly occurrences: readonly number[];
}

export interface FinalExecution {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly error: string | null;
  /** The attempt that wrote the stored result. */
  readonly attempt: number | null;
  /** Entries of the log that end the execution. */
  readonly ends: number;
}

export interface LedgerLine {
  readonly execution: number;
  readonly attempt: number;
  readonly event: 'start' | 'end';
}
