import { ERROR_STATUS, type ErrorCode } from '../contract/errors';
import type { Json } from '../contract/json';

/**
 * A refusal, decided by a handler or by what is stored: what was wrong, and under which code a caller hears of it.
 * `details.reason` names it, `details.path` says where.
 */
export class Refusal extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details?: Json,
  ) {
    super(message);
    this.name = 'Refusal';
    this.status = ERROR_STATUS[code];
  }
}
