import ts from 'typescript';

const LOG_CALL = /\b(log|logger)\.(trace|debug|info|warn|error|fatal)$/;

/**
 * Whether `(isOn ? changed : expression)` may stand in the place of the expression: it is no part
 * of a type, of an optional chain or of a target, and its value alone counts.
 */
export function isSwitchable(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isExpression(node) || ts.isLiteralTypeNode(parent) || ts.isEnumMember(parent)) return false;
  if (isPartOfChain(node) || isTarget(node)) return false;
  if (ts.isCallExpression(parent) && parent.expression === node) return !ts.isPropertyAccessExpression(node);
  return !(ts.isPropertyAssignment(parent) && parent.name === node) && !ts.isExpressionWithTypeArguments(parent);
}

/** `a?.b` in `a?.b.c`, which ends the whole chain. */
const isPartOfChain = ({ parent, flags, ...node }: ts.Node): boolean =>
  (flags & ts.NodeFlags.OptionalChain) !== 0 &&
  (parent.flags & ts.NodeFlags.OptionalChain) !== 0 &&
  (parent as Partial<ts.PropertyAccessExpression>).expression?.pos === node.pos;

function isTarget(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent))
    return parent.left === node && parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && isAssignment(parent);
  return ts.isDeleteExpression(parent) || ts.isPostfixUnaryExpression(parent) || isIncrement(parent);
}

const isAssignment = ({ operatorToken: { kind } }: ts.BinaryExpression): boolean =>
  kind <= ts.SyntaxKind.LastAssignment;

const isIncrement = (node: ts.Node): boolean =>
  ts.isPrefixUnaryExpression(node) &&
  (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken);

/** In the arguments of a log line, which no claim reads. */
export function isLogged(node: ts.Node): boolean {
  for (let each = node; each && !ts.isFunctionLike(each); each = each.parent)
    if (ts.isCallExpression(each) && LOG_CALL.test(each.expression.getText())) return true;
  return false;
}
