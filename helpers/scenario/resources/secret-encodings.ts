import { writeJson } from '../../../contract/json-text/write-json';

/**
 * The Base64 of the bytes behind `offset` others: the characters that depend on these bytes only.
 */
function base64Behind(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

/**
 * The encodings in which a secret may be stored or printed: plain, Base64 at each alignment,
 * hexadecimal, escaped for JSON.
 */
export function secretEncodings(text: string): string[] {
  const bytes = Buffer.from(text);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const escaped = [...bytes].map((byte) => `\\u${byte.toString(16).padStart(4, '0')}`).join('');
  const behind = [0, 1, 2].map((offset) => base64Behind(bytes, offset));
  return [
    text,
    base64,
    ...behind,
    bytes.toString('base64url'),
    bytes.toString('hex'),
    writeJson(text).slice(1, -1),
    escaped,
  ];
}

/**
 * The secret appears in none of the documents, in no encoding; the control, which is no secret, in
 * each of them: a search that finds nothing anywhere proves nothing.
 */
export function expectHidden(secret: string, control: string, ...documents: readonly object[]): void {
  const found = documents.map((document) => ({
    secret: encodingsFoundIn(secret, document),
    control: encodingsFoundIn(control, document).includes(control),
  }));
  expect(found).toEqual(documents.map(() => ({ secret: [], control: true })));
}

/** The encodings of the text that appear anywhere in a document. */
function encodingsFoundIn(text: string, document: object): string[] {
  const json = writeJson(document).toLowerCase();
  return secretEncodings(text).filter((encoding) => json.includes(encoding.toLowerCase()));
}
