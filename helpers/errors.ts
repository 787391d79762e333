import { types } from 'node:util';
import { terminalText } from '../contract/text/terminal-text';
import type { Json } from '../contract/json';

/**
 * A response outside 2xx, an invalid one, or none. `code` is the platform's, else the client's own
 * in capitals.
 */
export class ApiError extends Error {
  readonly method: string;
  readonly path: string;
  /** HTTP status; 0 without a response. */
  readonly status: number;
  readonly code: string;
  /** The platform's message, or why there was no response. */
  readonly reason: string;
  readonly body: Json | string;

  constructor(facts: {
    method: string;
    path: string;
    status: number;
    code: string;
    message: string;
    body: Json | string;
  }) {
    const { code, method, path, status, message } = facts;
    const ended = status === 0 ? 'had no response' : `returned ${status}`;
    super(`${code}: ${method} ${path} ${ended}: ${terminalText(message)}`);
    this.name = 'ApiError';
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
    this.code = facts.code;
    this.reason = message;
    this.body = facts.body;
  }
}

export type WaitCode =
  | 'WAIT_TIMED_OUT'
  | 'WAIT_IMPOSSIBLE'
  | 'WAIT_STANDS_STILL'
  | 'ABSENCE_BROKEN'
  | 'TARGET_IDENTITY_CHANGED';

const WAIT_VERB: Record<WaitCode, string> = {
  WAIT_TIMED_OUT: 'last saw',
  WAIT_IMPOSSIBLE: 'but',
  WAIT_STANDS_STILL: 'but',
  ABSENCE_BROKEN: 'but then saw',
  TARGET_IDENTITY_CHANGED: 'but',
};

/** A wait that failed. The message contains the evidence. */
export class WaitError extends Error {
  readonly code: WaitCode;

  constructor(code: WaitCode, condition: string, why: string, evidence: string) {
    const shown = [`${condition}; ${WAIT_VERB[code]} ${why}`, ...(evidence === '' ? [] : [evidence])].join('\n');
    super(`${code}: waited for ${terminalText(shown)}`);
    this.name = 'WaitError';
    this.code = code;
  }
}

/**
 * Inconclusive: a test measured that something was late, and this host may have caused as much.
 * The test fails.
 */
export class EnvironmentError extends Error {
  constructor(message: string) {
    super(`ENVIRONMENT: ${message}`);
    this.name = 'EnvironmentError';
  }
}

/** A test did something else than wait when its deadline came. */
export class PastDeadlineError extends Error {
  override readonly name = 'PastDeadlineError';
  constructor() {
    super('the test ran past its deadline: wait with until() or stays(), which stop there');
  }
}

/** The platform logged, while a test ran, an error that it did not handle. */
export class PlatformFaultError extends Error {
  override readonly name = 'PlatformFaultError';
  constructor(logged: string) {
    super(`PLATFORM_FAULT: the platform logged an error that it did not handle\n${logged}`);
  }
}

/** Ctrl-C was pressed. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Several errors of one test; the message contains each, the first cause first. */
export class CombinedError extends AggregateError {
  constructor(errors: readonly unknown[]) {
    super(errors, errors.map(messageOf).join('\n\n'));
    this.name = 'CombinedError';
  }
}

/**
 * `instanceof Error` is false for Node's own errors in a Jest test: they come from another realm.
 */
export const isError = (error: unknown): error is Error => types.isNativeError(error);

export const messageOf = (error: unknown): string => (isError(error) ? error.message : String(error));

/** `ENOENT` and the like; undefined for an error without a code. */
export const errnoCode = (error: unknown): unknown => (isError(error) && 'code' in error ? error.code : undefined);

/** The stack of an error without its message, a line for each frame, innermost first. */
export const framesOf = (error: unknown): string[] =>
  isError(error) ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];

/** A copy of an error with another message, and other frames than the original ones. */
export function withMessage(error: Error, message: string, frames: readonly string[] = framesOf(error)): Error {
  const copy = new Error(message);
  copy.name = error.name;
  copy.stack = [`${error.name}: ${message}`, ...frames].join('\n');
  return copy;
}

/**
 * The notifier rejected a connection (`status`: HTTP), closed one (`status`: close code), or sent
 * a frame that violates the contract (`status` 0).
 */
export class NotifierError extends Error {
  override readonly name = 'NotifierError';
  constructor(
    message: string,
    readonly status: number,
    readonly body: string,
    /** Nothing came in time. */
    readonly isLate = false,
  ) {
    super(message);
  }
}
