import type { Json } from '../../../contract/json';
import { childExpressions, unchain, type Expression, type Link } from './ast';
import { parse } from './parse';
import { expressionsIn } from './segments';
import { TemplateError } from './types';

/**
 * First members that expressions read of a name: `keystore.db.host` reads `db`. `all` where a
 * member is computed.
 */
export type References = ReadonlySet<string> | 'all';

/** Characters of expressions that are parsed; beyond them the result is `all`. */
const MAX_SCANNED_CHARACTERS = 20_000;

/**
 * What the texts of values, and bare expressions, read of `root`. A text that cannot be parsed
 * reads nothing.
 */
export function referencesTo(root: string, texts: Iterable<Json>, conditions: Iterable<string>): References {
  const found = new Set<string>();
  const read = new Set<string>();
  let left = MAX_SCANNED_CHARACTERS;
  for (const source of expressionsMentioning(root, texts, conditions)) {
    if (read.has(source)) continue;
    read.add(source);
    left -= source.length;
    if (left < 0 || !collectFromSource(root, source, found)) return 'all';
  }
  return found;
}

function* expressionsMentioning(root: string, texts: Iterable<Json>, conditions: Iterable<string>): Generator<string> {
  for (const text of conditions) if (text.includes(root)) yield* [text, ...trimmedIn(text)];
  for (const value of texts) for (const text of stringsIn(value)) if (text.includes(root)) yield* trimmedIn(text);
}

function* stringsIn(value: Json): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value !== null && typeof value === 'object') for (const part of Object.values(value)) yield* stringsIn(part);
}

const trimmedIn = (text: string): string[] => expressionsIn(text).map((source) => source.trim());

/** False when the expression reads more than named members. */
function collectFromSource(root: string, source: string, found: Set<string>): boolean {
  try {
    return collectFromExpression(root, parse(source), found);
  } catch (error) {
    if (error instanceof TemplateError) return true;
    throw error;
  }
}

function collectFromExpression(root: string, expression: Expression, found: Set<string>): boolean {
  const { start, links } = unchain(expression);
  if (start.kind === 'name' && start.name === root) {
    const name = memberName(links[0]);
    if (name === null) return false;
    found.add(name);
  }
  return [start, ...links].every((part) =>
    childExpressions(part).every((inner) => collectFromExpression(root, inner, found)),
  );
}

function memberName(link: Link | undefined): string | null {
  if (link?.kind === 'member') return link.name;
  const isLiteral = link?.kind === 'index' && link.index.kind === 'literal' && typeof link.index.value === 'string';
  return isLiteral && typeof link.index.value === 'string' ? link.index.value : null;
}
