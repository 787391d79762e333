/** Spellings of other languages, longest first, and what says the same here. */
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
  ['{{', '`{{` cannot stand inside an expression: one pair of delimiters is enough'],
  ['{%', 'blocks do not exist: only `{{ expression }}`'],
  ['{', 'object literals do not exist: use `merge(a, b)`, or write the object in YAML'],
  ['}', '`}` closes nothing: an expression ends at the first `}}`'],
  ['`', 'strings are written in single or double quotes'],
  ['${', '`${` does not exist: join strings with `+`'],
  ['$', 'names have no `$`: use `parameters.x` or `workflow.x`'],
  ['#', 'comments do not exist inside an expression'],
  ['@', 'names have no `@`'],
  [';', 'an expression is one value: `;` separates nothing'],
  ['\\', '`\\` stands only inside strings'],
];

/** What to write instead of the sign that stands at `at`; null when nothing is known about it. */
export function syntaxHint(source: string, at: number): string | null {
  const known = HINTS.find(([spelling]) => source.startsWith(spelling, at));
  if (known) return known[1];
  const rest = source.slice(at, at + 2);
  if (rest.startsWith('=') && rest !== '==') return '`=` assigns nothing: to compare use `==`';
  if (rest.startsWith('!') && rest !== '!=') return '`!` does not exist: use `not`';
  if (rest.startsWith(':')) return '`:` does not exist: for a part of a list use `slice(v, start, end)`';
  return null;
}
