import { MAX_EXPRESSION_BYTES } from './budget';
import { TemplateError, type TemplateCode } from './types';
import { byteLength } from './values';

/** `at` and `end` are offsets in UTF-16 units; `text` of a string literal is its value. */
export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'keyword' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null']);

const BLANK = /[ \t\r\n]+/y;
const NUMBER = /[0-9]+(?:\.[0-9]+)?/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const SIGN = /==|!=|<=|>=|[-<>+*/%()[\],.|]/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };

/** An error at an offset of `source`; its column counts characters from 1. */
export const errorAt = (source: string, code: TemplateCode, message: string, at: number): TemplateError =>
  new TemplateError(code, message, Array.from(source.slice(0, at)).length + 1, source);

/** Splits an expression into tokens; the last is `end`. Throws TEMPLATE_SYNTAX, TEMPLATE_LIMIT. */
export function tokenize(source: string): Token[] {
  if (source.length > MAX_EXPRESSION_BYTES || byteLength(source) > MAX_EXPRESSION_BYTES) {
    const advice = `the expression is longer than ${MAX_EXPRESSION_BYTES} bytes: split it over published variables`;
    throw new TemplateError('TEMPLATE_LIMIT', advice, 1, `${source.slice(0, 80)}…`);
  }
  const tokens: Token[] = [];
  for (let at = skipBlanks(source, 0); at < source.length; at = skipBlanks(source, at)) {
    const token = nextToken(source, at);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', at: source.length, end: source.length });
  return tokens;
}

function nextToken(source: string, at: number): Token {
  const first = source.charAt(at);
  if (first === '"' || first === "'") return stringToken(source, at);
  const number = matchAt(NUMBER, source, at);
  if (number !== null) return numberToken(source, number, at);
  const word = matchAt(WORD, source, at);
  if (word !== null) return { kind: KEYWORDS.has(word) ? 'keyword' : 'name', text: word, at, end: at + word.length };
  const hint = syntaxHint(source, at);
  if (hint !== null) throw errorAt(source, 'TEMPLATE_SYNTAX', hint, at);
  const sign = matchAt(SIGN, source, at);
  if (sign !== null) return { kind: 'sign', text: sign, at, end: at + sign.length };
  const character = String.fromCodePoint(source.codePointAt(at)!);
  throw errorAt(source, 'TEMPLATE_SYNTAX', `\`${character}\` is not allowed here: write it inside quotes`, at);
}

function numberToken(source: string, text: string, at: number): Token {
  const end = at + text.length;
  if (matchAt(WORD, source, end) !== null) {
    const advice = 'a number has no letters (no exponent), and a name does not start with a digit';
    throw errorAt(source, 'TEMPLATE_SYNTAX', advice, end);
  }
  return { kind: 'number', text, at, end };
}

function stringToken(source: string, at: number): Token {
  const quote = source.charAt(at);
  let text = '';
  for (let next = at + 1; next < source.length; next++) {
    const character = source.charAt(next);
    if (character === quote) return { kind: 'string', text, at, end: next + 1 };
    if (character !== '\\') {
      text += character;
      continue;
    }
    next++;
    text += unescape(source.charAt(next), quote);
  }
  throw errorAt(source, 'TEMPLATE_SYNTAX', `the string has no closing ${quote}`, at);
}

const unescape = (character: string, quote: string): string =>
  Object.hasOwn(ESCAPES, character) ? ESCAPES[character]! : character === quote ? quote : `\\${character}`;

const skipBlanks = (source: string, at: number): number => at + (matchAt(BLANK, source, at)?.length ?? 0);

function matchAt(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

/** Spellings of other languages, longest first, and their equivalent here. */
const HINTS: readonly (readonly [string, string])[] = [
  ['===', '`===` does not exist: use `==`, which never converts'],
  ['!==', '`!==` does not exist: use `!=`, which never converts'],
  ['&&', '`&&` does not exist: use `and`'],
  ['||', '`||` does not exist: use `or`, or the filter `default(…)`'],
  ['??', '`??` does not exist: use the filter `default(…)`'],
  ['?.', '`?.` does not exist: use the filter `default(…)`'],
  ['?', 'there is no `? :`: use two transitions with `when`'],
  ['**', '`**` does not exist: multiply with `*`'],
  ['//', '`//` does not exist: use `floor(a / b)`'],
  ['=>', '`=>` does not exist: for a comparison use `>=`'],
  ['<>', '`<>` does not exist: use `!=`'],
  ['&', '`&` does not exist: use `and`'],
  ['~', '`~` does not exist: join strings with `+`'],
  ['{{', '`{{` is not allowed inside an expression: one pair of delimiters is enough'],
  ['{%', 'blocks do not exist: only `{{ expression }}`'],
  ['{', 'object literals do not exist: use `merge(a, b)`, or write the object in YAML'],
  ['}', '`}` without `{`: an expression ends at the first `}}`'],
  ['`', 'strings are written in single or double quotes'],
  ['${', '`${` does not exist: join strings with `+`'],
  ['$', 'names have no `$`: use `parameters.x` or `workflow.x`'],
  ['#', 'comments do not exist inside an expression'],
  ['@', 'names have no `@`'],
  [';', 'an expression is one value: `;` is not allowed'],
  ['\\', '`\\` is allowed only inside strings'],
];

/** What to write instead of the sign at `at`; null for an unknown sign. */
function syntaxHint(source: string, at: number): string | null {
  const hint = HINTS.find(([spelling]) => source.startsWith(spelling, at));
  if (hint) return hint[1];
  const rest = source.slice(at, at + 2);
  if (rest.startsWith('=') && rest !== '==') return 'there is no assignment: to compare use `==`';
  if (rest.startsWith('!') && rest !== '!=') return '`!` does not exist: use `not`';
  if (rest.startsWith(':')) return '`:` does not exist: for a part of a list use `slice(v, start, end)`';
  return null;
}
