import ts from 'typescript';
import type { Range } from './find-part';
import { rangeOfNode } from './node-range';
import { parse } from './tokens';

/**
 * The source with `note`, an expression, evaluated each time before the code in the range runs.
 * Null where that cannot be observed: outside a function, where the code runs once, when its file
 * is loaded. Of SQL in a template literal, it notes that the statement was built.
 */
export function markPlace(text: string, range: Range, note: string): string | null {
  const file = parse(text);
  for (const node of nodesAround(file, range).reverse()) {
    if (isInList(node)) return isInFunction(node) ? insert(text, node.getStart(file), `${note};`) : null;
    if (isOnlyStatement(node)) return wrap(text, rangeOfNode(node, file), `{ ${note}; `, ' }');
    if (isEvaluatedAlone(node))
      return isInFunction(node) ? wrap(text, rangeOfNode(node, file), `(${note}, `, ')') : null;
    // what was removed lies between the statements of a block
    if (isList(node)) return isInFunction(node) ? insert(text, range.start, `${note};`) : null;
  }
  return null;
}

/** The nodes that contain the range, the file first. */
function nodesAround(file: ts.SourceFile, { start, end }: Range): ts.Node[] {
  const contains = (node: ts.Node): boolean => node.pos <= start && node.end >= end && node.getStart(file) <= start;
  const around: ts.Node[] = [];
  for (let node: ts.Node | undefined = file; node;) {
    around.push(node);
    node = ts.forEachChild(node, (child) => (contains(child) ? child : undefined));
  }
  return around;
}

const isList = (node: ts.Node): boolean => ts.isBlock(node) || ts.isCaseOrDefaultClause(node) || ts.isSourceFile(node);

const isInList = (node: ts.Node): boolean => ts.isStatement(node) && !ts.isBlock(node) && isList(node.parent);

/** `return;` in `if (…) return;` */
const isOnlyStatement = (node: ts.Node): boolean =>
  ts.isStatement(node) &&
  !ts.isBlock(node) &&
  (ts.isIfStatement(node.parent) || ts.isIterationStatement(node.parent, false));

const SHORT_CIRCUITS = new Set(['&&', '||', '??']);

/** An expression that the code around it may leave out: a side of `? :`, a default, a result. */
function isEvaluatedAlone(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isExpression(node)) return false;
  if (ts.isConditionalExpression(parent)) return parent.condition !== node;
  if (ts.isBinaryExpression(parent)) return parent.right === node && SHORT_CIRCUITS.has(parent.operatorToken.getText());
  if (ts.isArrowFunction(parent)) return parent.body === node;
  return isInitialized(parent) && parent.initializer === node;
}

const isInitialized = (node: ts.Node) =>
  ts.isParameter(node) || ts.isBindingElement(node) || ts.isPropertyDeclaration(node);

/** A field of a class is initialized by its constructor. */
const isInFunction = ({ parent }: ts.Node): boolean =>
  ts.findAncestor(parent, (each) => ts.isFunctionLike(each) || ts.isPropertyDeclaration(each)) !== undefined;

const insert = (text: string, at: number, inserted: string): string => wrap(text, { start: at, end: at }, inserted, '');

const wrap = (text: string, { start, end }: Range, before: string, after: string): string =>
  `${text.slice(0, start)}${before}${text.slice(start, end)}${after}${text.slice(end)}`;
