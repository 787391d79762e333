import { Type, type Static } from '@sinclair/typebox';
import { JsonValue } from './json';

/** Error codes of envelope A and their HTTP status. `docs/errors.md` has a row for every one. */
export const ERROR_STATUS = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  NOT_ENABLED: 404,
  CONFLICT: 409,
  CLOCK_AHEAD: 409,
  CLOCK_BUSY: 409,
  TOO_MANY_STEPS: 409,
  UNSUPPORTED_MEDIA_TYPE: 415,
  VALIDATION_ERROR: 422,
  UNPROCESSABLE_ENTITY: 422,
  DEFINITION_INVALID: 422,
  STEP_KIND_UNHANDLED: 422,
  ACTION_NOT_FOUND: 422,
  ACTION_ARTIFACT_MISSING: 422,
  ACTION_ARTIFACT_CORRUPT: 422,
  PACK_INDEX_DRIFT: 422,
  INPUT_ENVELOPE_INVALID: 422,
  INPUT_REQUIRED: 422,
  INPUT_SCHEMA_VIOLATION: 422,
  REVISION_NOT_COMPILED: 409,
  RUNTIME_REQUIRED: 422,
  RUNTIME_UNSUPPORTED: 422,
  RUNTIME_IS_TEMPLATE: 422,
  TEMPLATE_UNKNOWN: 422,
  TEMPLATE_NEEDS_MANAGED: 422,
  TEMPLATE_RUNTIME_CONFLICT: 422,
  REGISTER_URL_REQUIRED: 422,
  REGISTER_URL_BLOCKED: 422,
  WORKER_AWAITING_AGENT: 409,
  WORKER_PAUSED: 409,
  WORKER_BUSY: 409,
  WORKER_QUEUE_FULL: 429,
  WORKER_NOT_MANAGED: 409,
  WORKER_RUNTIME_MISMATCH: 422,
  ILLEGAL_TRANSITION: 409,
  EXECUTION_HAS_NO_STEPS: 409,
  REPLAY_NEEDS_FINISHED: 409,
  REPLAY_TOO_LARGE: 422,
  RERUN_NEEDS_ENDED: 409,
  RERUN_TASK_UNKNOWN: 422,
  RERUN_TASK_NOT_REACHED: 409,
  RERUN_STATE_UNKNOWN: 409,
  PARENT_PAUSED: 409,
  LEASE_FENCED: 409,
  TOO_MANY_REQUESTS: 429,
  DATABASE_ERROR: 500,
  DECRYPT_FAILED: 500,
  INTERNAL_SERVER_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  PACK_TESTS_UNAVAILABLE: 503,
  DB_UNAVAILABLE: 503,
  DISK_FLOOR: 503,
  DRAINING: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Envelope A: errors of request handlers. */
export const ErrorEnvelope = Type.Object({
  error: Type.String(),
  code: Type.String(),
  details: Type.Optional(JsonValue),
});
export type ErrorEnvelope = Static<typeof ErrorEnvelope>;

/** Envelope B: errors of the authentication of protected routes. */
export const TokenErrorEnvelope = Type.Object({
  error: Type.Object({ code: Type.Integer(), message: Type.String() }),
});
export type TokenErrorEnvelope = Static<typeof TokenErrorEnvelope>;

/** Process exit codes of all commands. */
export const EXIT_CODES = {
  done: 0,
  testFailed: 1,
  usage: 2,
  notProvisioned: 3,
  leftBehind: 4,
  notProven: 5,
} as const;
