import type ts from 'typescript';
import type { Range } from './find-part';

/** Of the text of a node, without what precedes it. */
export const rangeOfNode = (node: ts.Node, file: ts.SourceFile): Range => ({
  start: node.getStart(file),
  end: node.end,
});

/** Of element `n` of at least two, with what separates it from another one. */
export function rangeOfElement(elements: readonly ts.Node[], n: number, file: ts.SourceFile): Range {
  const [element, next] = [elements[n]!, elements[n + 1]];
  return next
    ? { start: element.getStart(file), end: next.getStart(file) }
    : { start: elements[n - 1]!.end, end: element.end };
}
