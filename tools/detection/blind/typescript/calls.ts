import ts from 'typescript';
import type { EditOperator, Kind } from '../edit';
import { rangeOfElement, rangeOfNode } from '../../source/node-range';

const FILTERS = new Set(['where', 'whereRef', 'andWhere', 'having', 'onRef', 'filter']);
const ORDERS = new Set(['orderBy', 'sort', 'toSorted']);
const NOTIFICATION =
  /notif|^(publish|wake|announce|emit|broadcast)|^append(Log|Event|Audit)|^record(Event|Audit|History|Log)/i;

/** A method of a chain that is left out: `.where(…)`, `.orderBy(…)`, `.filter(…)`, `.sort(…)`. */
export const lostMethods: EditOperator = (node, file) => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  const kind = kindOfMethod(name.text, node.arguments.length);
  return kind ? [{ kind, node, changes: [{ start: expression.end, end: node.end, text: '' }] }] : conjuncts(node, file);
};

/** `on` of the query builder has three arguments; of an event emitter, two. */
const kindOfMethod = (name: string, count: number): Kind | undefined =>
  FILTERS.has(name) || (name === 'on' && count === 3)
    ? 'filter ignored'
    : ORDERS.has(name)
      ? 'sort key dropped'
      : undefined;

/** One condition of `eb.and([…])`. */
const conjuncts = (node: ts.CallExpression, file: ts.SourceFile): ReturnType<EditOperator> => {
  const [list] = node.arguments;
  const isAnd = ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'and';
  if (!isAnd || !list || !ts.isArrayLiteralExpression(list) || list.elements.length < 2) return [];
  return list.elements.map((_, n, all) => ({
    kind: 'filter ignored',
    node,
    changes: [{ ...rangeOfElement(all, n, file), text: '' }],
  }));
};

/** A statement that waits for nothing but an end. */
export const lostAwaits: EditOperator = (node, file) => {
  if (!ts.isAwaitExpression(node) || !ts.isExpressionStatement(node.parent)) return [];
  const text = `void ${node.expression.getText(file)}`;
  return [{ kind: 'await lost', node, changes: [{ ...rangeOfNode(node, file), text }] }];
};

/** A statement that only notifies: left out, or moved before the statement that precedes it. */
export const lostNotifications: EditOperator = (node, file) => {
  const kind: Kind = 'notification lost or early';
  if (!ts.isExpressionStatement(node) || !isNotification(node.expression)) return [];
  const lost = { kind, node, changes: [{ ...rangeOfNode(node, file), text: '' }] };
  const previous = previousStatement(node);
  if (!previous || !ts.isExpressionStatement(previous)) return [lost];
  const text = `${node.getText(file)} ${previous.getText(file)}`;
  return [lost, { kind, node: previous, changes: [{ start: previous.getStart(file), end: node.end, text }] }];
};

function isNotification(node: ts.Expression): boolean {
  if (ts.isAwaitExpression(node) || ts.isVoidExpression(node)) return isNotification(node.expression);
  if (!ts.isCallExpression(node)) return false;
  const { expression } = node;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  return ts.isIdentifier(name) && NOTIFICATION.test(name.text);
}

function previousStatement(node: ts.Statement): ts.Statement | undefined {
  if (!ts.isBlock(node.parent)) return undefined;
  const { statements } = node.parent;
  return statements[statements.indexOf(node) - 1];
}
