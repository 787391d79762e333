import { EXIT_CODES } from '../contract/errors';

/** Why a run ended before its test command, or what it could not remove. */
export type SandboxCode =
  | 'COMPOSE_FILE_INVALID'
  | 'HOST_UNREACHABLE'
  | 'TRANSPORT_LOST'
  | 'SYNC_ESCAPES_ROOT'
  | 'PORT_FIXED_BUSY'
  | 'STACK_UP_FAILED'
  | 'HEALTH_TIMEOUT'
  | 'TEST_FAILED'
  | 'TEST_TIMEOUT'
  | 'TEARDOWN_LEAKED'
  | 'RUN_ACTIVE'
  | 'RUN_UNKNOWN';

const EXITS: Readonly<Record<SandboxCode, number>> = {
  COMPOSE_FILE_INVALID: EXIT_CODES.usage,
  HOST_UNREACHABLE: EXIT_CODES.notProvisioned,
  TRANSPORT_LOST: EXIT_CODES.notProvisioned,
  SYNC_ESCAPES_ROOT: EXIT_CODES.usage,
  RUN_ACTIVE: EXIT_CODES.notProvisioned,
  RUN_UNKNOWN: EXIT_CODES.usage,
  PORT_FIXED_BUSY: EXIT_CODES.notProvisioned,
  STACK_UP_FAILED: EXIT_CODES.notProvisioned,
  HEALTH_TIMEOUT: EXIT_CODES.notProvisioned,
  TEST_FAILED: EXIT_CODES.testFailed,
  TEST_TIMEOUT: EXIT_CODES.testFailed,
  TEARDOWN_LEAKED: EXIT_CODES.leftBehind,
};

/** A run that cannot go on: `CODE: what, where, and what would be right`. */
export class SandboxError extends Error {
  readonly exitCode: number;

  constructor(
    readonly code: SandboxCode,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = 'SandboxError';
    this.exitCode = EXITS[code];
  }
}
