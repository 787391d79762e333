/** Starts a text in the place of a number. A text of the document that starts so gets another. */
export const MARK = '\u0001';
/** The same in a JSON text, where the character cannot stand as it is. */
export const WRITTEN_MARK = '\\u0001';

/** What takes the place of a token of JSON; null: the token stays as it is. */
export interface TokenRewriter {
  /** A text that starts with the mark. `raw` has the quotes. */
  string(raw: string): string | null;
  /** A number that is long, or has an exponent. */
  number(raw: string, offset: number): string | null;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const MINUS = 0x2d;
const SHORT_NUMBER = 15;

/** Minus and digits. */
const startsNumber = (unit: number): boolean => unit === MINUS || (unit >= 0x30 && unit <= 0x39);

/** Digits, signs, the dot, `e` and `E`. */
const continuesNumber = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || unit === 0x2e || unit === 0x65 || unit === 0x45 || unit === MINUS || unit === 0x2b;

/**
 * A JSON text with tokens replaced; keys are left. A text that is no JSON stays none. Takes linear
 * time.
 */
export function rewriteTokens(text: string, rewriter: TokenRewriter): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit !== QUOTE && !startsNumber(unit)) {
      at++;
      continue;
    }
    const end = unit === QUOTE ? stringEnd(text, at) : numberEnd(text, at);
    const replacement =
      unit === QUOTE ? rewriteString(text, at, end, rewriter) : rewriteNumber(text, at, end, rewriter);
    if (replacement !== null && !isKey(text, end)) {
      parts.push(text.slice(copied, at), replacement);
      copied = end;
    }
    at = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copied);
}

const rewriteString = (text: string, start: number, end: number, rewriter: TokenRewriter): string | null =>
  text.startsWith(WRITTEN_MARK, start + 1) ? rewriter.string(text.slice(start, end)) : null;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function rewriteNumber(text: string, start: number, end: number, rewriter: TokenRewriter): string | null {
  const token = text.slice(start, end);
  const isPlain = token.length <= SHORT_NUMBER && !/e/i.test(token);
  return isPlain || !NUMBER.test(token) ? null : rewriter.number(token, start);
}

/** Offset behind the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charAt(first - 1) === '\\') first--;
  return (at - first) % 2 === 1;
}

function numberEnd(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && continuesNumber(text.charCodeAt(end))) end++;
  return end;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++;
  return text.charCodeAt(at) === COLON;
}
