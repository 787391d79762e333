import { ERROR_STATUS, type ErrorCode } from '../../contract/errors';
import type { Json } from '../../contract/json';

/** A refusal decided by what is stored: what was wrong, and under which code a caller hears of it. */
export class StoreError extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details?: Json,
  ) {
    super(message);
    this.name = 'StoreError';
    this.status = ERROR_STATUS[code];
  }
}
