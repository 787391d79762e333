import { DatabaseError } from 'pg';
import { translateDatabaseError } from '../../../platform/api/http/database-errors';

function translate(code: string, constraint?: string) {
  const error = new DatabaseError('duplicate key value: insert into secret_table …', 1, 'error');
  error.code = code;
  if (constraint !== undefined) error.constraint = constraint;
  const translated = translateDatabaseError(error);
  return [translated?.status, translated?.code, translated?.message];
}

const AWAY = [503, 'DB_UNAVAILABLE', 'The database does not answer: try again. What was being stored may be stored'];

const UNUSABLE = [503, 'DB_UNAVAILABLE', 'The database cannot store anything now: try again'];

test.each([
  ['23505', 'pack_tenant_ref_key', [409, 'CONFLICT', 'Already exists (pack_tenant_ref_key)']],
  ['23503', 'action_pack_fkey', [422, 'UNPROCESSABLE_ENTITY', 'Referenced entity does not exist (action_pack_fkey)']],
  ['23514', 'pack_ref_format', [422, 'UNPROCESSABLE_ENTITY', 'Validation constraint failed: pack_ref_format']],
  ['42501', undefined, [404, 'NOT_FOUND', 'Not found']],
  ['22021', undefined, [422, 'VALIDATION_ERROR', 'a text holds a character that cannot be stored']],
  ['22003', undefined, [422, 'UNPROCESSABLE_ENTITY', 'a number or a date is out of range']],
  ['57P01', undefined, AWAY],
  ['53300', undefined, AWAY],
  ['08006', undefined, AWAY],
  ['53100', undefined, UNUSABLE],
  ['58030', undefined, UNUSABLE],
  ['25006', undefined, UNUSABLE],
  ['42601', undefined, [500, 'DATABASE_ERROR', 'Database error']],
])("%s (%s) is answered without the database's words", (code, constraint, expected) => {
  expect(translate(code, constraint)).toEqual(expected);
});

test.each([
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
  new Error('Query read timeout'),
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
])('DU-05 a lost connection is answered as an absent database: %s', (error) => {
  expect(translateDatabaseError(error)).toMatchObject({ status: 503, code: 'DB_UNAVAILABLE' });
});

test('another error is not translated', () => {
  expect(translateDatabaseError(new Error('x'))).toBeNull();
});
