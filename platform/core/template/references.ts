import type { Json } from '../../../contract/json';
import { innerOf, unchain, type Expression, type Link } from './ast';
import { parse } from './parse';
import { segments } from './segments';
import { TemplateError } from './types';

/** First members that expressions take of a name: `keystore.db.host` takes `db`. `all` where one cannot tell. */
export type References = ReadonlySet<string> | 'all';

/** Characters of expressions that are read to find out; of more, all is taken. */
const MOST_CHARACTERS = 20_000;

/** What the texts of a value, or one bare expression, refer to by `root`. A text that cannot be read refers to nothing. */
export function referencesTo(root: string, texts: Iterable<Json>, bare: Iterable<string>): References {
  const found = new Set<string>();
  const read = new Set<string>();
  let left = MOST_CHARACTERS;
  for (const source of mentions(root, texts, bare)) {
    if (read.has(source)) continue;
    read.add(source);
    left -= source.length;
    if (left < 0 || !collect(root, source, found)) return 'all';
  }
  return found;
}

function* mentions(root: string, texts: Iterable<Json>, bare: Iterable<string>): Generator<string> {
  for (const text of bare) if (text.includes(root)) yield* [text, ...expressionsIn(text)];
  for (const value of texts) for (const text of textsIn(value)) if (text.includes(root)) yield* expressionsIn(text);
}

function* textsIn(value: Json): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value !== null && typeof value === 'object') for (const part of Object.values(value)) yield* textsIn(part);
}

const expressionsIn = (text: string): string[] =>
  Array.from(segments(text)).flatMap((segment) => (segment.kind === 'expression' ? [segment.text.trim()] : []));

/** False when more than named members is meant. */
function collect(root: string, source: string, found: Set<string>): boolean {
  try {
    return visit(root, parse(source), found);
  } catch (error) {
    if (error instanceof TemplateError) return true;
    throw error;
  }
}

function visit(root: string, expression: Expression, found: Set<string>): boolean {
  const { start, links } = unchain(expression);
  if (start.kind === 'name' && start.name === root) {
    const name = memberOf(links[0]);
    if (name === null) return false;
    found.add(name);
  }
  return [start, ...links].every((part) => innerOf(part).every((inner) => visit(root, inner, found)));
}

function memberOf(link: Link | undefined): string | null {
  if (link?.kind === 'member') return link.name;
  const isWritten = link?.kind === 'index' && link.index.kind === 'literal' && typeof link.index.value === 'string';
  return isWritten && typeof link.index.value === 'string' ? link.index.value : null;
}
