import { CHARACTER_ENCODINGS, encodedRestLengths, QUOTINGS } from './character-encodings';

/** Shorter texts occur everywhere: masking them would hide text that is not secret. */
const MIN_SECRET_CHARACTERS = 4;
/** Of a longer secret only the beginning is encoded: at least the longest head of a pattern. */
const MAX_ENCODED_CHARACTERS = 64 * 1_024;
/** A longer one is a document: its quoted forms would leave others no room. */
const MAX_QUOTED_CHARACTERS = 4_096;
/** Of all secrets together: more would leave the secrets themselves no room. */
export const MAX_LINES = 1_000;

/** A text that a program prints for a secret. */
interface SecretForm {
  /** The beginning of the text, at least 65,535 bytes where it is not all of it. */
  readonly head: Buffer;
  /** Bytes of the whole text. */
  readonly length: number;
}

/** A secret in each form that programs print. */
interface SecretForms {
  /** As it is, hexadecimal, URL- and JSON-escaped, quoted. */
  readonly plain: readonly SecretForm[];
  /** Base64: programs break it into lines. */
  readonly wrapped: readonly SecretForm[];
}

/** Null for a text that is too short to be masked. */
export function secretForms(secret: string): SecretForms | null {
  if (secret.length < MIN_SECRET_CHARACTERS) return null;
  const { head, rest } = splitLongText(secret);
  const restLengths = encodedRestLengths(rest);
  const encoded = CHARACTER_ENCODINGS.map((encode, index) => formOf(encode(head), restLengths[index]!));
  return {
    plain: [...encoded, ...quotedForms(secret), ...trimmedForms(secret)],
    wrapped: base64Forms(Buffer.from(head), Buffer.byteLength(rest)),
  };
}

const formOf = (text: string, restBytes: number): SecretForm => {
  const head = Buffer.from(text);
  return { head, length: head.length + restBytes };
};

/** The last character is not cut. */
function splitLongText(text: string): { head: string; rest: string } {
  const isPairCut = (text.codePointAt(MAX_ENCODED_CHARACTERS - 1) ?? 0) > 0xffff;
  const length = isPairCut ? MAX_ENCODED_CHARACTERS - 1 : MAX_ENCODED_CHARACTERS;
  return { head: text.slice(0, length), rest: text.slice(length) };
}

/** Of a text in which nothing is quoted there is none. */
function quotedForms(secret: string): SecretForm[] {
  if (secret.length > MAX_QUOTED_CHARACTERS) return [];
  const texts = new Set(QUOTINGS.map((quote) => quote(secret)));
  texts.delete(secret);
  return [...texts].map((text) => formOf(text, 0));
}

/** Programs often read a secret without the line break at its end. */
function trimmedForms(secret: string): SecretForm[] {
  const trimmed = secret.trim();
  if (trimmed.length < MIN_SECRET_CHARACTERS || trimmed.length === secret.length) return [];
  const { head, rest } = splitLongText(trimmed);
  return [formOf(head, Buffer.byteLength(rest))];
}

/** Other lines, as of a document or the mark of a key, are no secret of their own. */
const SECRET_LINE = /^(?!-----BEGIN|-----END)[^\s"]{16,}$/;

/** The lines of a secret of several lines, which programs print indented, numbered or joined. */
export function linesOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/, MAX_LINES);
  return lines.length < 2 ? [] : lines.map((line) => line.trim()).filter((line) => SECRET_LINE.test(line));
}

/** Shorter parts of a Base64 text match by chance. */
const MIN_BASE64_CHARACTERS = 6;

/** Base64 of a secret alone and within a larger text; `restBytes`: bytes that follow `bytes`. */
function base64Forms(bytes: Buffer, restBytes: number): SecretForm[] {
  const total = bytes.length + restBytes;
  const forms = [
    { text: bytes.toString('base64'), length: 4 * Math.ceil(total / 3) },
    ...[0, 1, 2].map((offset) => ({ text: base64Interior(bytes, offset), length: interiorLength(total, offset) })),
    { text: bytes.toString('base64').replace(/=+$/, ''), length: Math.ceil((total * 8) / 6) },
  ].filter(({ text }) => text.length >= MIN_BASE64_CHARACTERS);
  const urlSafeForms = forms.map(({ text, length }) => ({
    text: text.replaceAll('+', '-').replaceAll('/', '_'),
    length,
  }));
  return [...forms, ...urlSafeForms].map(({ text, length }) => ({ head: headOf(text, restBytes), length }));
}

/**
 * The digits that depend on these bytes alone when `offset` bytes (modulo 3) precede them.
 */
function base64Interior(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const start = Math.ceil((offset * 8) / 6);
  return text.slice(start, start + interiorLength(bytes.length, offset));
}

const interiorLength = (bytes: number, offset: number): number =>
  Math.floor(((offset + bytes) * 8) / 6) - Math.ceil((offset * 8) / 6);

/** Of a beginning, the last digit and the padding depend on what follows. */
const headOf = (text: string, restBytes: number): Buffer =>
  Buffer.from(restBytes === 0 ? text : text.slice(0, -BASE64_GROUP));

const BASE64_GROUP = 4;
