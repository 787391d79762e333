import { Refusal } from '../refusal';
import { DatabaseError } from 'pg';

/** PostgreSQL's own codes, class 23 (constraints), 22 (values) and 42501 (a policy refused the row). */
const UNIQUE = '23505';
const FOREIGN_KEY = '23503';
const CHECK = '23514';
const NOT_NULL = '23502';
const POLICY = '42501';
const BAD_TEXT = new Set(['22021', '22P05']);
const OUT_OF_RANGE = new Set(['22003', '22007', '22008']);

/** What the database refused, as the wire says it: never its own words. Null where the error is not the database's. */
export function databaseRefusal(error: unknown): Refusal | null {
  if (!(error instanceof DatabaseError)) return null;
  const constraint = error.constraint ?? 'unnamed';
  if (error.code === UNIQUE) return new Refusal('CONFLICT', `Already exists (${constraint})`);
  if (error.code === FOREIGN_KEY) {
    return new Refusal('UNPROCESSABLE_ENTITY', `Referenced entity does not exist (${constraint})`);
  }
  if (error.code === CHECK || error.code === NOT_NULL) {
    return new Refusal(
      'UNPROCESSABLE_ENTITY',
      `Validation constraint failed: ${error.constraint ?? error.column ?? ''}`,
    );
  }
  if (error.code === POLICY) return new Refusal('NOT_FOUND', 'Not found');
  if (BAD_TEXT.has(error.code ?? '')) {
    return new Refusal('VALIDATION_ERROR', 'a text holds a character that cannot be stored', { reason: 'NUL' });
  }
  if (OUT_OF_RANGE.has(error.code ?? '')) {
    return new Refusal('UNPROCESSABLE_ENTITY', 'a number or a date is out of range');
  }
  return new Refusal('DATABASE_ERROR', 'Database error');
}
