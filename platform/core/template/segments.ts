/**
 * A piece of a text: plain, or the text between `{{` and the first `}}`; `at` is its offset in the
 * whole.
 */
type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string; readonly at: number };

/** Splits a text at its delimiters, lazily. An opening one that is never closed is text. */
export function* segments(text: string): Generator<Segment, void> {
  let from = 0;
  for (;;) {
    const open = text.indexOf('{{', from);
    const close = open === -1 ? -1 : text.indexOf('}}', open + 2);
    if (close === -1) break;
    if (open > from) yield { kind: 'text', text: text.slice(from, open) };
    yield { kind: 'expression', text: text.slice(open + 2, close), at: open + 2 };
    from = close + 2;
  }
  if (from < text.length) yield { kind: 'text', text: text.slice(from) };
}

/** The expression of a text that is one `{{ … }}`, blanks aside; null for any other text. */
export function wholeExpression(text: string): string | null {
  const [only, another] = segments(text.trim());
  return only?.kind === 'expression' && another === undefined ? only.text : null;
}
