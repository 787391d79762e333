import { isObject, type Json } from '../../../contract/json';
import { unchain, type Expression } from '../template/ast';
import { parse } from '../template/parse';
import { referencesTo, type References } from '../template/references';
import { expressionsIn, segments } from '../template/segments';
import { tryEvaluate } from '../template/try-evaluate';

/**
 * A dotted path, as Attune has them: positions of lists are segments, and a key may have any
 * characters that no expression needs. Null for any other expression.
 */
export function dottedPath(source: string): string[] | null {
  const path = source.trim();
  const isPath = /^[A-Za-z_][^\s()[\]{}|+*/%<>=!'",]*$/.test(path) && !/^(?:true|false|null)$/.test(path);
  return isPath ? path.split('.') : null;
}

/** The parsed expression; null if it cannot be parsed. */
export function parsedExpression(source: string): Expression | null {
  const parsed = tryEvaluate(() => parse(source.trim()));
  return 'value' in parsed ? parsed.value : null;
}

/** Members and positions only: `event.payload.list[0]['x-y']`. */
export function isPurePath(expression: Expression): boolean {
  const { start, links } = unchain(expression);
  return start.kind === 'name' && links.every(({ kind }) => kind === 'member' || kind === 'index');
}

/** The expression of a text that is one `{{ … }}` and nothing else, not even a blank. */
export function wholePlaceholder(text: string): string | null {
  if (!text.startsWith('{{')) return null;
  const [only, another] = segments(text);
  return only?.kind === 'expression' && another === undefined ? only.text : null;
}

/** First members that the placeholders read of a source: `{{ keystore.db.host }}` reads `db`. */
export function referencedMembers(source: string, template: Json): References {
  const found = referencesTo(source, [template], []);
  if (found === 'all') return found;
  const members = new Set(found);
  const visit = (part: Json): void => {
    if (typeof part === 'string') {
      for (const [root, member] of expressionsIn(part).map((text) => dottedPath(text) ?? []))
        if (root === source && member !== undefined && member !== '') members.add(member);
    } else if (Array.isArray(part)) part.forEach(visit);
    else if (isObject(part)) Object.values(part).forEach(visit);
  };
  visit(template);
  return members;
}
