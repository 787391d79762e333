import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';
import { EXIT_CODES } from '../contract/errors';
import { GateError } from '../tools/gate/gate-error';
import { StartError } from '../platform/embedded/start-error';
import { SettingError } from '../platform/base/settings/values';
import { ManifestError } from '../tools/sandbox/manifest/manifest-problem';
import { SandboxError } from '../tools/sandbox/sandbox-error';
import { DatabaseRefused } from '../platform/store/database/database-refused';

/** Ends a command: the line to print, and the exit code. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT_CODES.notProvisioned,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

/** The command line is wrong, or a file that it names. */
export const usageError = (message: string): CommandError => new CommandError(message, EXIT_CODES.usage);

interface Failure {
  readonly line: string;
  readonly exitCode: number;
}

/** By name: importing the classes would load the whole platform into a worker process. */
const PLATFORM_FAILURES: Readonly<Record<string, string>> = {
  AdministratorLoginTaken: 'ADMINISTRATOR_LOGIN_TAKEN',
  KnownPasswordExposed: 'KNOWN_PASSWORD',
  RoleCreationDenied: 'DB_ROLE_REFUSED',
  IsolationUnavailable: 'ISOLATION_UNAVAILABLE',
  WorkersNotReady: 'WORKERS_NOT_READY',
};

/** The text to print for an error, and the exit code. Only an unexpected error has its stack. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CommandError) return { line: error.message, exitCode: error.exitCode };
  if (error instanceof GateError) return { line: error.message, exitCode: EXIT_CODES.usage };
  if (error instanceof ManifestError || error instanceof SandboxError)
    return { line: error.message, exitCode: error.exitCode };
  if (error instanceof SettingError) return { line: error.message, exitCode: EXIT_CODES.usage };
  if (error instanceof DatabaseRefused)
    return { line: error.message, exitCode: error.isUsage ? EXIT_CODES.usage : EXIT_CODES.notProvisioned };
  if (error instanceof StartError) {
    return {
      line: error.message,
      exitCode: error.code === 'LEFT_BEHIND' ? EXIT_CODES.leftBehind : EXIT_CODES.notProvisioned,
    };
  }
  const platformCode = isNativeError(error) ? PLATFORM_FAILURES[error.name] : undefined;
  if (platformCode !== undefined)
    return { line: `${platformCode}: ${String(error).replace(/^\w+: /, '')}`, exitCode: EXIT_CODES.notProvisioned };
  const listening = listenFailure(error);
  if (listening) return { line: listening, exitCode: EXIT_CODES.notProvisioned };
  return { line: inspect(error), exitCode: EXIT_CODES.testFailed };
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
  EADDRINUSE: 'PORT_IN_USE: {address} is in use; use another {option}, or 0 for a free one',
  EACCES: 'PORT_REFUSED: this user may not listen on {address}; use a {option} above 1023',
  EADDRNOTAVAIL: 'HOST_NOT_HERE: {address} is not an address of this machine; use --host 127.0.0.1',
};

/** The API listens under `--port`; the notifier's error has the system's as its cause. */
function listenFailure(error: unknown): string | null {
  const isNotifier = isNativeError(error) && error.name === 'NotifierNotListening';
  const failure = isNotifier ? error.cause : error;
  if (!isSystemError(failure) || failure.syscall !== 'listen') return null;
  const { code, address, port } = failure;
  return (
    LISTEN_FAILURES[code]
      ?.replace('{address}', `${String(address)}:${String(port)}`)
      .replace('{option}', isNotifier ? '--notifier-port' : '--port') ?? null
  );
}
