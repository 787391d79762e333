import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';
import { EXIT } from '../contract/errors';
import { StartError } from '../platform/embedded/errors';
import { SettingError } from '../platform/settings';

/** A command that cannot go on: one line for its user, and how the process ends. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exit: number = EXIT.notProvisioned,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

export interface Failure {
  readonly line: string;
  readonly exit: number;
}

/** By name: their files bring the whole platform along, and a worker's command loads this one too. */
const PLATFORM_FAILURES: Readonly<Record<string, string>> = {
  RoleRefused: 'DB_ROLE_REFUSED',
  WorkersNotReady: 'WORKERS_NOT_READY',
};

/** What to print of an error, and the exit code. Only what nobody foresaw is shown with its stack. */
export function explain(error: unknown): Failure {
  if (error instanceof CommandError) return { line: error.message, exit: error.exit };
  if (error instanceof SettingError) return { line: error.message, exit: EXIT.usage };
  if (error instanceof StartError) {
    return { line: error.message, exit: error.code === 'LEFT_BEHIND' ? EXIT.leftBehind : EXIT.notProvisioned };
  }
  const named = isNativeError(error) ? PLATFORM_FAILURES[error.name] : undefined;
  if (named !== undefined)
    return { line: `${named}: ${String(error).replace(/^\w+: /, '')}`, exit: EXIT.notProvisioned };
  const listening = listenFailure(error);
  if (listening) return { line: listening, exit: EXIT.notProvisioned };
  return { line: inspect(error), exit: EXIT.testFailed };
}

interface SystemError {
  readonly code: string;
  readonly syscall?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
}

export const isSystemError = (error: unknown): error is Error & SystemError =>
  isNativeError(error) && 'code' in error && typeof error.code === 'string';

const LISTEN_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'PORT_IN_USE: {where} is taken; give another --port, or 0 for a free one',
  EACCES: 'PORT_REFUSED: this user may not listen on {where}; give a --port above 1023',
  EADDRNOTAVAIL: 'HOST_NOT_HERE: {where} is no address of this machine; give --host 127.0.0.1',
};

function listenFailure(error: unknown): string | null {
  if (!isSystemError(error) || error.syscall !== 'listen') return null;
  return LISTEN_FAILURES[error.code]?.replace('{where}', `${String(error.address)}:${String(error.port)}`) ?? null;
}
