import { DatabaseError } from 'pg';
import { errorCode } from '../../base/error-details';
import { AWAY_STATES, hasNoConnection, UNUSABLE_STATES } from '../../base/outage';

/** Whether a statement failed for a reason for which any other one would fail, too. */
export const isDatabaseUnusable = (error: unknown): boolean =>
  isLostConnection(error) || (error instanceof DatabaseError && UNUSABLE_STATES.test(error.code ?? ''));

/** Whether a statement failed because the database cannot be reached, or ended. */
export const isLostConnection = (error: unknown): boolean =>
  error instanceof DatabaseError ? AWAY_STATES.test(errorCode(error) ?? '') : hasNoConnection(error);
