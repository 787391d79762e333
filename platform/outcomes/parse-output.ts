import { parse } from 'yaml';
import type { OutputFormat } from '../../contract/actions';
import type { Json } from '../../contract/json';

/**
 * YAML is parsed character by character: a larger text would block the worker's other attempts.
 */
const YAML_LIMIT_BYTES = 1_024 * 1_024;
/** A deeper document would overflow the stack when it is serialized. */
const MAX_DEPTH = 512;

/**
 * Parses the output of a program that exited 0; undefined for an invalid document. Never throws.
 */
export function parseOutput(text: string, format: OutputFormat): Json | undefined {
  if (text.trim() === '') return undefined;
  switch (format) {
    case 'text':
      return undefined;
    case 'json':
      return parseJson(text) ?? parseJson(lastLine(text));
    case 'yaml':
      return text.length > YAML_LIMIT_BYTES
        ? undefined
        : parseOrUndefined(() => parse(text, { logLevel: 'error' }) as unknown);
    case 'jsonl':
      return text
        .split('\n')
        .map(parseJson)
        .filter((value) => value !== undefined);
  }
}

/** The last line that is not blank, trimmed; empty when there is none. */
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? '';

const parseJson = (text: string): Json | undefined => parseOrUndefined(() => JSON.parse(text) as unknown);

/** Undefined for an invalid document, or one that cannot be stored. */
function parseOrUndefined(parseDocument: () => unknown): Json | undefined {
  try {
    return storableValue(parseDocument(), 0);
  } catch {
    return undefined;
  }
}

const UNSTORABLE = /[\0\p{Surrogate}]/gu;

const replaceUnstorable = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');

/** Replaces NUL and lone surrogates by U+FFFD, and numbers that JSON cannot express by null. */
function storableValue(value: unknown, depth: number): Json {
  if (depth > MAX_DEPTH) throw new RangeError(`the document has more than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') return replaceUnstorable(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((member) => storableValue(member, depth + 1));
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [replaceUnstorable(name), storableValue(member, depth + 1)]),
  );
}
