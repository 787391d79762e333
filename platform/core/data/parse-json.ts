import type { Json } from '../../../contract/json';
import { InexactNumberError, parseExactJson } from '../../../contract/json-text/parse-json-text';
import { unstorableOfJson } from './unstorable-text';

/** Levels of arrays and objects that a body may have. */
const MAX_JSON_DEPTH = 128;

/** Why a text is not JSON that can be taken: a sentence for the sender. */
export class JsonTextError extends Error {}

export interface ParsedJson {
  readonly value: Json;
  /** JSON pointer of the first text that holds a NUL character, or null. */
  readonly nulPointer: string | null;
}

/**
 * Parses strictly: UTF-8, depth, well-formed texts, numbers that are kept as they were sent
 * (integers of 64 bits, as bigint beyond 2^53). Throws JsonTextError.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  const text = decode(bytes);
  const depth = measureDepth(bytes);
  if (depth > MAX_JSON_DEPTH) throw new JsonTextError(`it is nested more than ${MAX_JSON_DEPTH} levels deep`);
  const value = parse(text);
  const { nul, surrogate } = unstorableOfJson(text, value);
  if (surrogate !== null) throw new JsonTextError(`the text at ${surrogate || '/'} has half a surrogate pair`);
  return { value, nulPointer: nul };
}

/** A byte order mark of UTF-8 is skipped; any other encoding is rejected. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new JsonTextError('it is not UTF-8');
  }
}

function parse(text: string): Json {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof InexactNumberError) throw new JsonTextError(error.message);
    const at = /at position (\d+)/.exec(String(error))?.[1];
    throw new JsonTextError(at === undefined ? 'it is no JSON, or ends too early' : `it is no JSON at position ${at}`);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Deepest nesting, found without recursion and before anything is built. Stops counting past the
 * limit.
 */
function measureDepth(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < bytes.length && deepest <= MAX_JSON_DEPTH; at++) {
    const byte = bytes[at]! | 0x20;
    if (isInString) {
      if (bytes[at] === BACKSLASH) at++;
      else if (bytes[at] === QUOTE) isInString = false;
    } else if (bytes[at] === QUOTE) isInString = true;
    else if (byte === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d) depth--;
  }
  return deepest;
}
