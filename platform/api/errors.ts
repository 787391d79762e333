import { ERROR_STATUS, type ErrorCode } from '../../contract/errors';
import type { Json } from '../../contract/json';

/** A refusal that a handler decides: envelope A. `details.reason` names it, `details.path` says where. */
export class ApiError extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details?: Json,
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = ERROR_STATUS[code];
  }
}

/** Not there, or not for this caller: the two answer alike. */
export const notFound = (what: string) => new ApiError('NOT_FOUND', `${what} not found`);
