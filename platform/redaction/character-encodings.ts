import { writeJson } from '../../contract/json-text/write-json';

/** Encodes each character alone: the beginning of a text gives the beginning of the result. */
type CharacterEncoding = (text: string) => string;

const toHex: CharacterEncoding = (text) => Buffer.from(text).toString('hex');

/** Lone surrogates have no URL form; UTF-8 replaces them too. */
const urlComponent: CharacterEncoding = (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));

const urlStrict: CharacterEncoding = (text) =>
  urlComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const urlPath: CharacterEncoding = (text) => urlStrict(text).replaceAll('%2F', '/');

const withPlusForSpace =
  (encode: CharacterEncoding): CharacterEncoding =>
  (text) =>
    encode(text).replaceAll('%20', '+');

/** `%C3%BC` → `%c3%bc`. */
const withLowerCaseEscapes =
  (encode: CharacterEncoding): CharacterEncoding =>
  (text) =>
    encode(text).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());

const jsonText: CharacterEncoding = (text) => writeJson(text).slice(1, -1);

const jsonAscii: CharacterEncoding = (text) =>
  jsonText(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const withEscapedSlash =
  (encode: CharacterEncoding): CharacterEncoding =>
  (text) =>
    encode(text).replaceAll('/', '\\/');

/** Replaces single characters as a quoting does. */
const quoted =
  (replacements: Readonly<Record<string, string>>): CharacterEncoding =>
  (text) =>
    text.replace(/[&<>"'\\\n\r\t]/g, (character) => replacements[character] ?? character);

const ESCAPES = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const MARKUP = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const URL_ENCODINGS = [urlComponent, urlStrict, urlPath].flatMap((encode) => [encode, withPlusForSpace(encode)]);

export const CHARACTER_ENCODINGS: readonly CharacterEncoding[] = [
  (text) => text,
  ...[toHex, (text: string) => toHex(text).toUpperCase()],
  ...[...URL_ENCODINGS, ...URL_ENCODINGS.map(withLowerCaseEscapes)],
  ...[jsonText, jsonAscii, withEscapedSlash(jsonText), withEscapedSlash(jsonAscii)],
];

/** How shells, programming languages, HTML, XML, SQL, YAML, CSV and texts of JSON write a text. */
export const QUOTINGS: readonly CharacterEncoding[] = [
  quoted({ "'": String.raw`'\''` }),
  quoted({ "'": `'"'"'` }),
  quoted({ ...ESCAPES, "'": String.raw`\'` }),
  quoted(ESCAPES),
  quoted(MARKUP),
  quoted({ ...MARKUP, '"': '&quot;' }),
  quoted({ ...MARKUP, '"': '&quot;', "'": '&#39;' }),
  quoted({ ...MARKUP, '"': '&quot;', "'": '&#x27;' }),
  quoted({ ...MARKUP, '"': '&quot;', "'": '&apos;' }),
  quoted({ ...MARKUP, '"': '&#34;', "'": '&#39;' }),
  quoted({ "'": "''" }),
  quoted({ '"': '""' }),
  (text) => jsonText(jsonText(text)),
  (text) => jsonText(jsonAscii(text)),
];

/** Bytes of a text in each of CHARACTER_ENCODINGS, computed without encoding it. */
export function encodedRestLengths(text: string): number[] {
  const counts = countCharacters(text);
  return CHARACTER_ENCODINGS.map((encode) =>
    [...counts].reduce((sum, [character, count]) => sum + count * Buffer.byteLength(encode(character)), 0),
  );
}

/** Other characters have the same length as one of these in every encoding. */
const REPRESENTATIVES = { twoBytes: '\u00e9', threeBytes: '\u20ac', fourBytes: '\u{1f600}', surrogate: '\ud800' };

function countCharacters(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const character of text) {
    const counted = representativeOf(character);
    counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  return counts;
}

function representativeOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x80) return character;
  if (code < 0x800) return REPRESENTATIVES.twoBytes;
  if (code > 0xffff) return REPRESENTATIVES.fourBytes;
  return code >= 0xd800 && code <= 0xdfff ? REPRESENTATIVES.surrogate : REPRESENTATIVES.threeBytes;
}
