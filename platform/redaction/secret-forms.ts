import { base64Forms } from './base64-forms';
import { CHARACTER_ENCODINGS, encodedRestLengths } from './character-encodings';
import type { SecretForm } from './secret-form';

/** Shorter texts occur everywhere: masking them would hide text that is not secret. */
const MIN_SECRET_CHARACTERS = 4;
/** Of a longer secret only the beginning is encoded: at least the longest head of a pattern. */
const MAX_ENCODED_CHARACTERS = 64 * 1_024;

/** A secret in each form that programs print. */
interface SecretForms {
  /** As it is, hexadecimal, URL- and JSON-escaped. */
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
    plain: [...encoded, ...trimmedForms(secret)],
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

/** Programs often read a secret without the line break at its end. */
function trimmedForms(secret: string): SecretForm[] {
  const trimmed = secret.trim();
  if (trimmed.length < MIN_SECRET_CHARACTERS || trimmed.length === secret.length) return [];
  const { head, rest } = splitLongText(trimmed);
  return [formOf(head, Buffer.byteLength(rest))];
}
