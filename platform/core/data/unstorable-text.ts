import type { Json } from '../../../contract/json';

/** JSON pointers of texts that the database cannot store; null: there is none. */
export interface UnstorableTexts {
  /** Of the first that has a NUL character. */
  readonly nul: string | null;
  /** Of the first that has half a surrogate pair. */
  readonly surrogate: string | null;
}

/** How JSON writes such characters. */
const ESCAPED = /\\u(?:0000|d[89a-f])/i;
const LONE_SURROGATE = /\p{Surrogate}/u;

const NONE: UnstorableTexts = { nul: null, surrogate: null };

/** The unstorable texts of a document of JSON, given with its value. */
export const unstorableOfJson = (text: string, value: Json): UnstorableTexts =>
  ESCAPED.test(text) ? unstorableTexts(value) : NONE;

/** The same of any value: in its texts, and in the keys of its maps. */
export function unstorableTexts(value: Json, path = ''): UnstorableTexts {
  if (typeof value === 'string') return unstorableText(value, path);
  if (typeof value !== 'object' || value === null) return NONE;
  let found = NONE;
  for (const [key, child] of Object.entries(value)) {
    const at = `${path}/${key}`;
    found = firstOf(firstOf(found, unstorableText(key, at)), unstorableTexts(child, at));
  }
  return found;
}

const unstorableText = (text: string, path: string): UnstorableTexts => ({
  nul: text.includes('\0') ? path : null,
  surrogate: LONE_SURROGATE.test(text) ? path : null,
});

const firstOf = (first: UnstorableTexts, second: UnstorableTexts): UnstorableTexts => ({
  nul: first.nul ?? second.nul,
  surrogate: first.surrogate ?? second.surrogate,
});
