import { types } from 'node:util';
import type { Json } from '../contract/json';

/** An answer that is not the one asked for. `code` is the platform's, or one of ours in capitals when it gave none. */
export class ApiError extends Error {
  readonly method: string;
  readonly path: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code: string;
  readonly body: Json | string;

  constructor(facts: {
    method: string;
    path: string;
    status: number;
    code: string;
    message: string;
    body: Json | string;
  }) {
    super(`${facts.code}: ${facts.method} ${facts.path} answered ${facts.status}: ${facts.message}`);
    this.name = 'ApiError';
    this.method = facts.method;
    this.path = facts.path;
    this.status = facts.status;
    this.code = facts.code;
    this.body = facts.body;
  }
}

export type WaitCode = 'WAIT_TIMED_OUT' | 'WAIT_IMPOSSIBLE' | 'ABSENCE_BROKEN';

const WAIT_TEXT: Record<WaitCode, string> = {
  WAIT_TIMED_OUT: 'last saw',
  WAIT_IMPOSSIBLE: 'but',
  ABSENCE_BROKEN: 'but then saw',
};

/** A wait that ended without what it waited for. The evidence is part of the message. */
export class WaitError extends Error {
  readonly code: WaitCode;

  constructor(code: WaitCode, condition: string, why: string, evidence: string) {
    super(`${code}: waited for ${condition}; ${WAIT_TEXT[code]} ${why}${evidence === '' ? '' : `\n${evidence}`}`);
    this.name = 'WaitError';
    this.code = code;
  }
}

/** This host could not tell right from wrong: its measured slack is larger than the margin. Counts as red. */
export class EnvironmentError extends Error {
  constructor(message: string) {
    super(`ENVIRONMENT: ${message}`);
    this.name = 'EnvironmentError';
  }
}

/** Several things went wrong at once; the message holds every one of them, the first cause first. */
export class Failures extends AggregateError {
  constructor(errors: readonly unknown[]) {
    super(errors, errors.map(messageOf).join('\n\n'));
    this.name = 'Failures';
  }
}

/** Node's own errors come from another realm than a Jest test's `Error`: `instanceof` does not know them. */
export const isError = (error: unknown): error is Error => types.isNativeError(error);

export const messageOf = (error: unknown): string => (isError(error) ? error.message : String(error));

/** `ENOENT` and the like; undefined where the error has none. */
export const systemCode = (error: unknown): unknown => (isError(error) && 'code' in error ? error.code : undefined);

/** An error with another message, thrown from where the first was. */
export function retold(error: Error, message: string): Error {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const told = new Error(message);
  told.name = error.name;
  told.stack = [`${error.name}: ${message}`, ...frames].join('\n');
  return told;
}

/** The notifier refused a connection (`status`: HTTP), ended one (`status`: close code), or said what no contract knows (0). */
export class LiveError extends Error {
  override readonly name = 'LiveError';
  constructor(
    message: string,
    readonly status: number,
    readonly body: string,
  ) {
    super(message);
  }
}
