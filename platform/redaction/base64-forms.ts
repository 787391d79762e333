import type { SecretForm } from './secret-form';

/** Shorter parts of a Base64 text match by chance. */
const MIN_BASE64_CHARACTERS = 6;

/** Base64 of a secret alone and within a larger text; `restBytes`: bytes that follow `bytes`. */
export function base64Forms(bytes: Buffer, restBytes: number): SecretForm[] {
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
