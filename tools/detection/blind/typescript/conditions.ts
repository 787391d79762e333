import ts from 'typescript';
import type { Draft, EditOperator, Kind, TextChange } from '../edit';
import { rangeOfNode } from '../../source/node-range';

/** The condition of `if` and of `? :`. One of a loop is left alone: the loop might not end. */
export const negatedConditions: EditOperator = (node, file) => {
  const condition = ts.isIfStatement(node) ? node.expression : ts.isConditionalExpression(node) ? node.condition : null;
  if (!condition) return [];
  const text = `!(${condition.getText(file)})`;
  return [{ kind: 'condition negated', node: condition, changes: [{ ...rangeOfNode(condition, file), text }] }];
};

const OTHER_OPERATOR: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
]);

/** `&&` for `||` and the reverse, where both sides are boolean. */
export const exchangedOperators: EditOperator = (node, file) => {
  const other = ts.isBinaryExpression(node) ? OTHER_OPERATOR.get(node.operatorToken.kind) : undefined;
  if (other === undefined || !ts.isBinaryExpression(node)) return [];
  const sides = [node.left, node.right].map((side) => `(${side.getText(file)})`);
  const changes = [{ ...rangeOfNode(node, file), text: sides.join(` ${other} `) }];
  return [{ kind: 'and for or', node, changes, isPossible: (types) => areBoolean(types, node.left, node.right) }];
};

/** One side of a boolean `&&`. */
export const lostConjuncts: EditOperator = (node, file) => {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken) return [];
  return [node.left, node.right].map((side) => ({
    kind: 'filter ignored',
    node,
    changes: [{ ...rangeOfNode(node, file), text: side.getText(file) }],
    isPossible: (types) => areBoolean(types, node.left, node.right),
  }));
};

const areBoolean = (types: ts.TypeChecker, ...nodes: readonly ts.Expression[]): boolean =>
  nodes.every((node) => {
    const type = types.getTypeAtLocation(node);
    return (type.flags & ts.TypeFlags.Any) === 0 && types.isTypeAssignableTo(type, types.getBooleanType());
  });

/** A side of `? :`, one branch of `if`, or a case of `switch`. */
export const lostBranches: EditOperator = (node, file) => {
  if (ts.isConditionalExpression(node))
    return [node.whenTrue, node.whenFalse].map((side) => branchOf(node, [replacedBy(node, side, file)]));
  if (ts.isCaseClause(node) && node.statements.length > 0) {
    const statement = node.parent.parent;
    return [branchOf(statement, [{ ...rangeOfNode(node, file), text: '' }])];
  }
  if (!ts.isIfStatement(node) || isEarlyEnd(node)) return [];
  const { thenStatement, elseStatement } = node;
  if (!elseStatement) return [branchOf(node, [{ ...rangeOfNode(node, file), text: '' }])];
  return [
    branchOf(node, [{ start: thenStatement.end, end: node.end, text: '' }]),
    branchOf(node, [{ ...rangeOfNode(thenStatement, file), text: '{}' }]),
  ];
};

const branchOf = (node: Draft['node'], changes: readonly TextChange[]): Draft => ({
  kind: 'branch lost',
  node,
  changes,
});
const replacedBy = (node: ts.Node, part: ts.Node, file: ts.SourceFile): TextChange => ({
  ...rangeOfNode(node, file),
  text: part.getText(file),
});

/** `if (…) return …;`, also with `throw`, `continue` or `break`. */
export const lostReturns: EditOperator = (node, file) => {
  const kind: Kind = 'early return lost';
  return ts.isIfStatement(node) && isEarlyEnd(node)
    ? [{ kind, node, changes: [{ ...rangeOfNode(node, file), text: '' }] }]
    : [];
};

function isEarlyEnd({ thenStatement, elseStatement }: ts.IfStatement): boolean {
  if (elseStatement) return false;
  const last = ts.isBlock(thenStatement) ? thenStatement.statements.at(-1) : thenStatement;
  return (
    last !== undefined &&
    (ts.isReturnStatement(last) ||
      ts.isThrowStatement(last) ||
      ts.isContinueStatement(last) ||
      ts.isBreakStatement(last))
  );
}
