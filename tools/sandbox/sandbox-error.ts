import { EXIT_CODES } from '../../contract/errors';

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
  | 'NOTHING_PROVEN'
  | 'DISK_LIMIT_EXCEEDED'
  | 'TEARDOWN_LEAKED'
  | 'RUN_ACTIVE'
  | 'RUN_UNKNOWN'
  | 'RUN_ALREADY_ACTIVE'
  | 'GIT_FETCH_FAILED'
  | 'GIT_NOT_FAST_FORWARD'
  | 'CRON_INVALID'
  | 'CRON_UNAVAILABLE'
  | 'CRON_NAME_TAKEN'
  | 'HUB_UNREACHABLE'
  | 'HUB_REJECTED'
  | 'HUB_URL_INVALID';

export const SANDBOX_EXITS: Readonly<Record<SandboxCode, number>> = {
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
  NOTHING_PROVEN: EXIT_CODES.notProven,
  DISK_LIMIT_EXCEEDED: EXIT_CODES.testFailed,
  TEARDOWN_LEAKED: EXIT_CODES.leftBehind,
  RUN_ALREADY_ACTIVE: EXIT_CODES.notProvisioned,
  GIT_FETCH_FAILED: EXIT_CODES.notProvisioned,
  GIT_NOT_FAST_FORWARD: EXIT_CODES.notProvisioned,
  CRON_INVALID: EXIT_CODES.usage,
  CRON_UNAVAILABLE: EXIT_CODES.notProvisioned,
  CRON_NAME_TAKEN: EXIT_CODES.usage,
  HUB_UNREACHABLE: EXIT_CODES.notProvisioned,
  HUB_REJECTED: EXIT_CODES.testFailed,
  HUB_URL_INVALID: EXIT_CODES.usage,
};

/** A run that cannot go on: `CODE: what, where, and what would be right`. */
export class SandboxError extends Error {
  readonly exitCode: number;

  constructor(
    readonly code: SandboxCode,
    /** The message without the code. */
    readonly text: string,
  ) {
    super(`${code}: ${text}`);
    this.name = 'SandboxError';
    this.exitCode = SANDBOX_EXITS[code];
  }
}
