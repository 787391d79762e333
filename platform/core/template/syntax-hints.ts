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
export function syntaxHint(source: string, at: number): string | null {
  const hint = HINTS.find(([spelling]) => source.startsWith(spelling, at));
  if (hint) return hint[1];
  const rest = source.slice(at, at + 2);
  if (rest.startsWith('=') && rest !== '==') return 'there is no assignment: to compare use `==`';
  if (rest.startsWith('!') && rest !== '!=') return '`!` does not exist: use `not`';
  if (rest.startsWith(':')) return '`:` does not exist: for a part of a list use `slice(v, start, end)`';
  return null;
}
