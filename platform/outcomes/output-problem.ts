import { isUtf8 } from 'node:buffer';
import { createScanner, parse, type ParseError } from 'jsonc-parser';
import { exactNumber } from '../../contract/json-text/exact-number';
import { InexactNumberError } from '../../contract/json-text/parse-json-text';
import { rewriteTokens } from '../../contract/json-text/rewrite-tokens';

/** Why output is not the document that it should be, and where. */
export interface OutputProblem {
  /** From 1; a column counts UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** The text there; empty at the end. */
  readonly found: string;
  readonly problem: string;
}

const MAX_FOUND = 40;
/** A deeper document would overflow the stack when it is read or serialized. */
export const MAX_DEPTH = 512;

/** A problem at an offset of the text. */
export function problemAt(text: string, offset: number, problem: string, length = MAX_FOUND): OutputProblem {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const found = text.slice(offset, offset + Math.min(length, MAX_FOUND)).split('\n')[0]!;
  return { line: before.split('\n').length, column: offset - lineStart + 1, found: found.trimEnd(), problem };
}

/** Why a text could not be parsed as JSON, from the error. */
export function jsonProblem(text: string, error: unknown): OutputProblem {
  if (error instanceof InexactNumberError) {
    return problemAt(text, offsetOfNumber(text, error.token), error.message, error.token.length);
  }
  const deep = offsetBelow(text, MAX_DEPTH);
  if (deep !== null) return problemAt(text, deep, `it has more than ${MAX_DEPTH} levels`);
  if (!(error instanceof SyntaxError)) return problemAt(text, 0, String(error));
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (!first) return problemAt(text, 0, 'it is no JSON');
  const isEnd = text.slice(first.offset).trim() === '';
  return problemAt(text, first.offset, isEnd ? 'it ends too early' : 'it is no JSON', first.length || MAX_FOUND);
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

/** Offset of the first bracket that opens a level below this one; null: there is none. */
function offsetBelow(text: string, levels: number): number | null {
  const scanner = createScanner(text, true);
  const closing: string[] = [];
  while (scanner.getPosition() < text.length) {
    scanner.scan();
    const bracket = text.charAt(scanner.getTokenOffset());
    const opened = CLOSING[bracket];
    if (opened === undefined) {
      if (bracket === closing.at(-1)) closing.pop();
    } else if (closing.push(opened) > levels) return scanner.getTokenOffset();
  }
  return null;
}

/** Offset of the first number that is written so and cannot be kept. */
function offsetOfNumber(text: string, token: string): number {
  let found = 0;
  rewriteTokens(text, {
    string: () => null,
    number: (raw, offset) => {
      if (found === 0 && raw === token && typeof exactNumber(raw) === 'object') found = offset;
      return null;
    },
  });
  return found;
}

const REPLACEMENT = '\uFFFD';
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT);

/** Where bytes are not UTF-8; null where they are. */
export function encodingProblem(bytes: Buffer): OutputProblem | null {
  if (isUtf8(bytes)) return null;
  const text = bytes.toString('utf8');
  let offset = 0;
  for (let at = text.indexOf(REPLACEMENT); at !== -1; at = text.indexOf(REPLACEMENT, at + 1)) {
    offset = at;
    const start = Buffer.byteLength(text.slice(0, at));
    if (!bytes.subarray(start, start + REPLACEMENT_BYTES.length).equals(REPLACEMENT_BYTES)) break;
  }
  const byte = bytes[Buffer.byteLength(text.slice(0, offset))] ?? 0;
  const place = problemAt(text, offset, 'it is not UTF-8', 1);
  return { line: place.line, column: place.column, found: `byte 0x${byte.toString(16)}`, problem: place.problem };
}
