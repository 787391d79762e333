import type { Json } from '../json';
import { exactInteger, exactNumber, SAFE_DIGITS } from './exact-number';
import { MARK, rewriteTokens, WRITTEN_MARK } from './rewrite-tokens';

/*
 * JSON.parse rounds an integer beyond 2^53, and no runtime that is supported shows a reviver the
 * text of a number. So such numbers become texts before it, and numbers after it.
 */

/** A number of a document that would be rounded. */
export class InexactNumberError extends Error {
  constructor(
    /** JSON pointer, empty for the document. */
    readonly pointer: string,
    /** The number as it was written. */
    readonly token: string,
    readonly reason: string,
  ) {
    super(`the number at ${pointer || '/'} ${reason}`);
    this.name = 'InexactNumberError';
  }
}

/** Of a decimal that is beyond a double, above or below. */
const LONG_EXPONENT = /\d[eE][-+]?\d{3}/;

/**
 * Parses what a user wrote. Integers of at most 64 bits are kept, beyond 2^53 as bigint. Throws
 * InexactNumberError for any other number that would be rounded, SyntaxError as JSON.parse.
 */
export function parseExactJson(text: string): Json {
  if (!hasLongNumber(text) && !LONG_EXPONENT.test(text)) return JSON.parse(text) as Json;
  return parseMarked(text, (token) => typeof exactNumber(token) !== 'number');
}

/** The same for the text of a file, which editors may begin with a byte order mark. */
export const parseJsonFile = (text: string): Json => parseExactJson(text.replace(/^\uFEFF/, ''));

/**
 * Parses what the platform wrote or has checked: a stored document, a message. As
 * `parseExactJson`, but an integer of more than 64 bits is the double that it was written from.
 */
export function parseJsonText(text: string): unknown {
  if (!hasLongNumber(text)) return JSON.parse(text) as unknown;
  return parseMarked(text, isLargeInteger);
}

const LONG_INTEGER = /^-?\d{16,20}$/;

const isLargeInteger = (token: string): boolean =>
  LONG_INTEGER.test(token) && typeof exactInteger(BigInt(token)) === 'bigint';

function parseMarked(text: string, isMarked: (token: string) => boolean): Json {
  const marked = rewriteTokens(text, {
    string: (raw) => `"${WRITTEN_MARK}${raw.slice(1)}`,
    number: (token) => (isMarked(token) ? `"${WRITTEN_MARK}${token}"` : null),
  });
  if (marked === text) return JSON.parse(text) as Json;
  return withNumbers(parseOrExplain(marked, text));
}

/** The error has the position in the text that was given. */
function parseOrExplain(marked: string, text: string): Json {
  try {
    return JSON.parse(marked) as Json;
  } catch (error) {
    void JSON.parse(text);
    throw error;
  }
}

/** Replaces the marked texts in place: numbers by their values, others by themselves. */
function withNumbers(value: Json): Json {
  if (typeof value === 'string') return value.startsWith(MARK) ? unmarked(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) value[at] = atKey(value[at]!, at);
    return value;
  }
  for (const key of Object.keys(value)) value[key] = atKey(value[key]!, key);
  return value;
}

/** As `withNumbers`, for a member: only an error needs its path. */
function atKey(value: Json, key: string | number): Json {
  if (typeof value !== 'string' && typeof value !== 'object') return value;
  try {
    return withNumbers(value);
  } catch (error) {
    if (!(error instanceof InexactNumberError)) throw error;
    throw new InexactNumberError(`/${key}${error.pointer}`, error.token, error.reason);
  }
}

function unmarked(text: string): Json {
  if (text.startsWith(MARK, 1)) return text.slice(1);
  const number = exactNumber(text.slice(1));
  if (typeof number === 'object') throw new InexactNumberError('', text.slice(1), number.reason);
  return number;
}

/** Every run of this length has a character at a multiple of it. */
const RUN = SAFE_DIGITS + 1;

/**
 * Whether a text has a run of so many digits and dots that a number in it may not be kept. Looks
 * at every sixteenth character only.
 */
function hasLongNumber(text: string): boolean {
  for (let at = 0; at < text.length; at += RUN) {
    if (isNumeric(text.charCodeAt(at)) && runLength(text, at) >= RUN) return true;
  }
  return false;
}

/** 0 to 9, and the dot. */
const isNumeric = (unit: number): boolean => (unit >= 0x30 && unit <= 0x39) || unit === 0x2e;

function runLength(text: string, at: number): number {
  let from = at;
  while (from > 0 && isNumeric(text.charCodeAt(from - 1)) && at - from < RUN) from--;
  let end = at + 1;
  while (end - from < RUN && isNumeric(text.charCodeAt(end))) end++;
  return end - from;
}
