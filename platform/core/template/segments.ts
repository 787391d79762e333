/**
 * A piece of a text: plain, or the text between `{{` and the first `}}`; `at` is its offset in the
 * whole.
 */
type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string; readonly at: number };

/**
 * Splits a text at its delimiters, lazily. An opening one that is never closed is text, and so is
 * everything between `{% raw %}` and `{% endraw %}`.
 */
export function* segments(text: string): Generator<Segment, void> {
  const nextRaw = rawFinder(text);
  let from = 0;
  for (;;) {
    const raw = nextRaw(from);
    const open = text.indexOf('{{', from);
    if (raw !== null && (open === -1 || raw.start < open)) {
      if (raw.start > from) yield { kind: 'text', text: text.slice(from, raw.start) };
      if (raw.text !== '') yield { kind: 'text', text: raw.text };
      from = raw.end;
      continue;
    }
    const close = open === -1 ? -1 : text.indexOf('}}', open + 2);
    if (close === -1) break;
    if (open > from) yield { kind: 'text', text: text.slice(from, open) };
    yield { kind: 'expression', text: text.slice(open + 2, close), at: open + 2 };
    from = close + 2;
  }
  if (from < text.length) yield { kind: 'text', text: text.slice(from) };
}

/** The texts between its delimiters, in order. */
export const expressionsIn = (text: string): string[] =>
  Array.from(segments(text)).flatMap((segment) => (segment.kind === 'expression' ? [segment.text] : []));

interface RawBlock {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const RAW_START = /\{% ?raw ?%\}/g;
const RAW_END = /\{% ?endraw ?%\}/g;

/** Finds the first block at or after an offset, which never decreases. */
function rawFinder(text: string): (from: number) => RawBlock | null {
  let next: RawBlock | null | undefined = text.includes('{%') ? undefined : null;
  return (from) => {
    if (next === undefined || (next !== null && next.start < from)) next = findRaw(text, from);
    return next;
  };
}

function findRaw(text: string, from: number): RawBlock | null {
  const start = matchFrom(RAW_START, text, from);
  const end = start === null ? null : matchFrom(RAW_END, text, start.end);
  if (start === null || end === null) return null;
  return { start: start.start, end: end.end, text: text.slice(start.end, end.start) };
}

function matchFrom(
  pattern: RegExp,
  text: string,
  from: number,
): { readonly start: number; readonly end: number } | null {
  pattern.lastIndex = from;
  const match = pattern.exec(text);
  return match === null ? null : { start: match.index, end: match.index + match[0].length };
}

/** The same text with blanks in the place of what is between `{% raw %}` and `{% endraw %}`. */
export function withoutRaw(text: string): string {
  const nextRaw = rawFinder(text);
  let plain = '';
  for (let raw = nextRaw(0); raw !== null; raw = nextRaw(plain.length)) {
    plain += text.slice(plain.length, raw.start) + ' '.repeat(raw.end - raw.start);
  }
  return plain + text.slice(plain.length);
}

/** The expression of a text that is one `{{ … }}`, blanks aside; null for any other text. */
export function wholeExpression(text: string): string | null {
  const [only, another] = segments(text.trim());
  return only?.kind === 'expression' && another === undefined ? only.text : null;
}
