import { isAlias, isCollection, isPair, isScalar, visit, type Alias, type Document, type Node } from 'yaml';

/**
 * How many nodes a YAML document has once its aliases and merge keys are replaced by what they
 * name; Infinity: it contains itself. Each node is visited once, so that a small text that would
 * become a large value is recognized before it is one.
 */
export const countNodes = (document: Document.Parsed): number => sumOfNodes(document.contents, document, () => 1);

/** The same in characters: those of its scalars, and one for each node. */
export const expandedLength = (document: Document.Parsed): number =>
  sumOfNodes(document.contents, document, (node) => 1 + (isScalar(node) ? String(node.value).length : 0));

function sumOfNodes(
  node: unknown,
  document: Document.Parsed,
  sizeOf: (node: unknown) => number,
  known = new Map<unknown, number>(),
): number {
  const counted = known.get(node);
  if (counted !== undefined) return counted;
  known.set(node, Infinity); // an alias to what contains it
  const inner = nodesIn(node, document).map((each) => sumOfNodes(each, document, sizeOf, known));
  const sum = inner.reduce((total, each) => total + each, sizeOf(node));
  known.set(node, sum);
  return sum;
}

function nodesIn(node: unknown, document: Document.Parsed): readonly unknown[] {
  if (isAlias(node)) return [node.resolve(document)];
  if (isPair(node)) return [node.key, node.value];
  return isCollection(node) ? node.items : [];
}

/**
 * Resolves each alias of a document once, in one pass. The library compares each with all anchors
 * before it, which takes minutes for a text of 1 MiB. Call it before `toJS`, and before its nodes
 * are counted.
 */
export function resolveAliases(document: Document.Parsed): void {
  const anchored = new Map<string, Node>();
  visit(document, {
    Alias: (_, alias) => resolveTo(alias, anchored.get(alias.source)),
    Value: (_, node) => {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
    },
  });
}

/** The library's own resolution, of what it would find. */
function resolveTo(alias: Alias, found: Node | undefined): void {
  const resolve = alias.resolve.bind(alias) as (document: Document, context: object) => ReturnType<Alias['resolve']>;
  alias.resolve = (document, context) => {
    if (context === undefined) return found as ReturnType<Alias['resolve']>;
    return resolve(document, Object.assign(context, { aliasResolveCache: found === undefined ? [] : [found, alias] }));
  };
}

/**
 * Offset of a key that is in its map twice. The parser's own check, `uniqueKeys`, compares every
 * key with every other.
 */
export function duplicateKeyOffset(document: Document.Parsed): number | null {
  let twice: number | null = null;
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) {
          twice = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        seen.add(name);
      }
      return undefined;
    },
  });
  return twice;
}
