import type { types as Types, NodePath } from '@babel/core';
import type Babel from '@babel/core';

/** A mutation operator, as Stryker's instrumenter calls it for every node of a source. */
export interface MutationOperator {
  readonly name: string;
  mutate(path: NodePath): Iterable<Types.Node>;
}

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '=': ['!='],
  '!=': ['='],
  is: ['is not'],
  'is not': ['is'],
};
const ORDERS: Readonly<Record<string, readonly string[]>> = { asc: ['desc'], desc: ['asc'] };
const CONJUNCTIONS = new Set(['where', 'whereRef', 'andWhere', 'having', 'on', 'onRef']);

/** The text of a statement, and each text that it becomes. */
const TEXT_CHANGES: Readonly<Record<string, (text: string) => string[]>> = {
  SqlConjunct: (text) =>
    replacedOnce(text, /\s+and\s+[^()]*?(?=\s+(?:and|or|order|group|limit|for|returning)\b|\)|$)/gi, ''),
  SqlOrder: (text) => [...replacedOnce(text, /\basc\b/gi, 'desc'), ...replacedOnce(text, /\bdesc\b/gi, 'asc')],
  SqlCoalesce: (text) => replacedOnce(text, /\bcoalesce\(([^(),]+),[^()]*\)/gi, '$1'),
  SqlComparison: (text) =>
    Object.entries(COMPARISONS).flatMap(([from, to]) => {
      const operator = /^\w/.test(from)
        ? new RegExp(`\\b${from}\\b(?! not)`, 'gi')
        : new RegExp(`(?<=\\s)${from}(?=\\s)`, 'g');
      return to.flatMap((each) => replacedOnce(text, operator, each));
    }),
};

/** The text with one match replaced, for each match. `$1` is its first group. */
const replacedOnce = (text: string, pattern: RegExp, replacement: string): string[] =>
  [...text.matchAll(pattern)].map(({ 0: match, 1: group = '', index }) => {
    const changed = replacement.replace('$1', () => group);
    return `${text.slice(0, index)}${changed}${text.slice(index + match.length)}`;
  });

/**
 * Operators for the statements of the platform: those of the query builder, and those in `sql`
 * templates. Stryker's own operators leave them as they are, or empty.
 */
export function sqlOperators({ types }: typeof Babel): MutationOperator[] {
  return [
    {
      name: 'SqlWhere',
      *mutate(path) {
        if (!path.isCallExpression() || !types.isMemberExpression(path.node.callee)) return;
        const { object, property } = path.node.callee;
        if (types.isIdentifier(property) && CONJUNCTIONS.has(property.name)) yield types.cloneNode(object, true);
      },
    },
    {
      name: 'SqlArgument',
      *mutate(path) {
        // `where(column, operator, value)`, `orderBy(column, direction)`
        if (!path.isStringLiteral() || !types.isCallExpression(path.parent) || path.key !== 1) return;
        const { value } = path.node;
        for (const changed of [...(COMPARISONS[value] ?? []), ...(ORDERS[value] ?? [])])
          yield types.stringLiteral(changed);
      },
    },
    ...Object.entries(TEXT_CHANGES).map(([name, change]): MutationOperator => ({
      name,
      *mutate(path) {
        if (!path.isTaggedTemplateExpression() || !types.isIdentifier(path.node.tag, { name: 'sql' })) return;
        for (const [n, { value }] of path.node.quasi.quasis.entries())
          for (const raw of change(value.raw)) {
            const changed = types.cloneNode(path.node, true);
            changed.quasi.quasis[n] = types.templateElement(
              { raw, cooked: raw },
              n === path.node.quasi.quasis.length - 1,
            );
            yield changed;
          }
      },
    })),
  ];
}
