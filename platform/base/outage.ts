import { errorCode, errorMessage } from './error-details';

/** Shutdown, crash, start, and too many connections; class 08 is that of connections. */
export const AWAY_STATES = /^(57P0[123]|53300|08...)$/;
const AWAY_SYSTEM_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
/** The socket of a server of this host, which the server removes while it restarts. */
const hasNoSocket = (error: unknown): boolean =>
  errorCode(error) === 'ENOENT' && (error as NodeJS.ErrnoException).syscall === 'connect';
/** pg has no codes for these. */
const AWAY_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|the connection was given up)/;

/** Whether a connection was refused or has ended, by an error that is not the server's. */
export const hasNoConnection = (error: unknown): boolean =>
  AWAY_SYSTEM_CODES.has(errorCode(error) ?? '') || hasNoSocket(error) || AWAY_MESSAGES.test(errorMessage(error));

/** Without disk space or memory (53), with an error of its system (58), or read-only. */
export const UNUSABLE_STATES = /^(53...|58...|25006)$/;

/** What the disk of a file has no room for. */
const FULL_DISK = /^(ENOSPC|EDQUOT|EROFS)$/;

/**
 * The outage that an error is a symptom of, as one word: until it is over, every loop meets it.
 * Null: the error is one of its own. Also for errors that a worker was sent, which have
 * no class.
 */
export function outageOf(error: unknown): string | null {
  const code = errorCode(error) ?? '';
  if (AWAY_STATES.test(code) || hasNoConnection(error)) return 'away';
  return UNUSABLE_STATES.test(code) || FULL_DISK.test(code) ? code : null;
}

/** The entry of a log by which a process knows that its database is no longer away. */
export const REACHABLE_AGAIN = 'the database is reachable again';
