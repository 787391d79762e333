import { DomainError } from '../../base/domain-error';
import { DatabaseError } from 'pg';
import { isDatabaseUnusable, isLostConnection } from '../../store/database/lost-connection';
import { databaseUnavailable } from '../../store/database/reachable-database';

/**
 * PostgreSQL error codes of class 23 (constraints), 22 (values) and 42501 (row-level security).
 */
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const CHECK_VIOLATION = '23514';
const NOT_NULL_VIOLATION = '23502';
const POLICY_VIOLATION = '42501';
const INVALID_TEXT = new Set(['22021', '22P05']);
const OUT_OF_RANGE = new Set(['22003', '22007', '22008']);

/** Its disk or memory is full, its system fails, or it is a standby that became read-only. */
const CANNOT_STORE = 'The database cannot store anything now: try again';

/**
 * A database error as the contract expresses it, without the database's own words. Null for any
 * other error.
 */
export function translateDatabaseError(error: unknown): DomainError | null {
  if (isLostConnection(error)) return databaseUnavailable();
  if (isDatabaseUnusable(error)) return new DomainError('DB_UNAVAILABLE', CANNOT_STORE);
  if (!(error instanceof DatabaseError)) return null;
  const constraint = error.constraint ?? 'unnamed';
  if (error.code === UNIQUE_VIOLATION) return new DomainError('CONFLICT', `Already exists (${constraint})`);
  if (error.code === FOREIGN_KEY_VIOLATION) {
    return new DomainError('UNPROCESSABLE_ENTITY', `Referenced entity does not exist (${constraint})`);
  }
  if (error.code === CHECK_VIOLATION || error.code === NOT_NULL_VIOLATION) {
    return new DomainError(
      'UNPROCESSABLE_ENTITY',
      `Validation constraint failed: ${error.constraint ?? error.column ?? ''}`,
    );
  }
  if (error.code === POLICY_VIOLATION) return new DomainError('NOT_FOUND', 'Not found');
  if (INVALID_TEXT.has(error.code ?? '')) {
    return new DomainError('VALIDATION_ERROR', 'a text holds a character that cannot be stored', { reason: 'NUL' });
  }
  if (OUT_OF_RANGE.has(error.code ?? '')) {
    return new DomainError('UNPROCESSABLE_ENTITY', 'a number or a date is out of range');
  }
  return new DomainError('DATABASE_ERROR', 'Database error');
}
