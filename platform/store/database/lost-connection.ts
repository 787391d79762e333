import { DatabaseError } from 'pg';
import { errorCode, errorMessage } from '../../base/error-details';

/** Shutdown, crash, start, and too many connections; class 08 is that of connections. */
const AWAY_STATES = /^(57P0[123]|53300|08...)$/;
const AWAY_SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** The socket of a server of this host, which the server removes while it restarts. */
const hasNoSocket = (error: unknown): boolean =>
  errorCode(error) === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'connect';
/** pg has no codes for these. */
const AWAY_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|the connection was given up)/;

/** Without disk space or memory (53), with an error of its system (58), or read-only. */
const UNUSABLE_STATES = /^(53...|58...|25006)$/;

/** Whether a statement failed for a reason for which any other one would fail, too. */
export const isDatabaseUnusable = (error: unknown): boolean =>
  isLostConnection(error) || (error instanceof DatabaseError && UNUSABLE_STATES.test(error.code ?? ''));

/** Whether a statement failed because the database cannot be reached, or ended. */
export function isLostConnection(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  if (error instanceof DatabaseError) return AWAY_STATES.test(code);
  return AWAY_SYSTEM_CODES.has(code) || hasNoSocket(error) || AWAY_MESSAGES.test(errorMessage(error));
}
