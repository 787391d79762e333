import { isAlias, isCollection, isPair, type Document } from 'yaml';

/**
 * How many nodes a YAML document has once its aliases and merge keys are replaced by what they
 * name; Infinity: it contains itself. Each node is visited once, so that a small text that would
 * become a large value is recognized before it is one.
 */
export function countNodes(node: unknown, document: Document.Parsed, known = new Map<unknown, number>()): number {
  const counted = known.get(node);
  if (counted !== undefined) return counted;
  known.set(node, Infinity); // an alias to what contains it
  const count = nodesIn(node, document).reduce<number>((sum, each) => sum + countNodes(each, document, known), 1);
  known.set(node, count);
  return count;
}

function nodesIn(node: unknown, document: Document.Parsed): readonly unknown[] {
  if (isAlias(node)) return [node.resolve(document)];
  if (isPair(node)) return [node.key, node.value];
  return isCollection(node) ? node.items : [];
}
