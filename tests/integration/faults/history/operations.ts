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

/** What a process has recorded of itself. */
export interface LedgerLine {
  readonly execution: number;
  readonly attempt: number;
  readonly event: 'start' | 'end';
}
