import { ERROR_STATUS, type ErrorCode } from '../../contract/errors';
import type { Json } from '../../contract/json';

/**
 * An error that the API answers with its code, thrown by a handler or by the store.
 * `details.reason` names the cause, `details.path` the place.
 */
export class DomainError extends Error {
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details?: Json,
  ) {
    super(message);
    this.name = 'DomainError';
    this.status = ERROR_STATUS[code];
  }
}

/** The same for a resource that does not exist and for one that is hidden from the caller. */
export const notFound = (name: string, details?: Json) => new DomainError('NOT_FOUND', `${name} not found`, details);

/** What was found; NOT_FOUND where it is null. */
export function requireFound<T>(found: T | null | undefined, name: string): T {
  if (found === null || found === undefined) throw notFound(name);
  return found;
}

/** VALIDATION_ERROR that names each of these JSON pointers within a field; none: no error. */
export function rejectPointers(field: string, pointers: readonly string[], why: string): void {
  const fields = pointers.map((pointer) => ({ path: `${field}${pointer}`, message: why }));
  if (fields.length > 0) throw new DomainError('VALIDATION_ERROR', `${fields[0]!.path} ${why}`, { fields });
}

/** TOO_MANY_REQUESTS, with the time after which a request may succeed. */
export class RateLimited extends DomainError {
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
    details: Json,
  ) {
    super('TOO_MANY_REQUESTS', message, details);
  }
}
