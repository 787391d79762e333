import ts from 'typescript';
import type { Draft, EditOperator, Kind, TextChange } from '../edit';
import { rangeOfElement, rangeOfNode } from '../../source/node-range';

/** Farther ones are rarely taken for each other. */
const MAX_DISTANCE = 3;

const replaced = (node: ts.Node, file: ts.SourceFile, text: string): TextChange => ({
  ...rangeOfNode(node, file),
  text,
});

/** Two fields of an object, or two arguments, whose types are equal. */
export const swaps: EditOperator = (node, file) => {
  if (ts.isObjectLiteralExpression(node)) {
    const fields = node.properties.filter((each) => ts.isPropertyAssignment(each) || isShorthand(each));
    return pairs(fields).map(([left, right]) =>
      swapOf(node, [valueOf(left), valueOf(right)], [withValue(left, right, file), withValue(right, left, file)], file),
    );
  }
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
  return pairs(node.arguments ?? []).map(([left, right]) =>
    swapOf(
      node,
      [left, right],
      [replaced(left, file, right.getText(file)), replaced(right, file, left.getText(file))],
      file,
    ),
  );
};

type Field = ts.PropertyAssignment | ts.ShorthandPropertyAssignment;
const isShorthand = (node: ts.Node): node is ts.ShorthandPropertyAssignment => ts.isShorthandPropertyAssignment(node);
const valueOf = (field: Field): ts.Expression => (isShorthand(field) ? field.name : field.initializer);
const withValue = (field: Field, other: Field, file: ts.SourceFile): TextChange =>
  replaced(field, file, `${field.name.getText(file)}: ${valueOf(other).getText(file)}`);

const pairs = <T>(items: readonly T[]): [T, T][] =>
  items.flatMap((left, n) => items.slice(n + 1, n + 1 + MAX_DISTANCE).map((right): [T, T] => [left, right]));

const swapOf = (
  node: ts.Expression,
  [left, right]: readonly [ts.Expression, ts.Expression],
  changes: readonly TextChange[],
  file: ts.SourceFile,
): Draft => ({
  kind: 'two of one type swapped',
  node,
  changes,
  isPossible: (types) => left.getText(file) !== right.getText(file) && haveEqualTypes(types, left, right),
});

const WITHOUT_VALUE =
  ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never | ts.TypeFlags.VoidLike | ts.TypeFlags.Null;

/** Of the values, and of their places: the name of a method is no name of a grant. */
function haveEqualTypes(types: ts.TypeChecker, left: ts.Expression, right: ts.Expression): boolean {
  const ofValues = [left, right].map((each) => types.getBaseTypeOfLiteralType(typeAt(types, each)));
  const ofPlaces = [left, right].map((each, n) => types.getContextualType(each) ?? ofValues[n]!);
  return (ofValues[0]!.flags & WITHOUT_VALUE) === 0 && areEqual(types, ofValues) && areEqual(types, ofPlaces);
}

const areEqual = (types: ts.TypeChecker, [a, b]: readonly ts.Type[]): boolean =>
  types.isTypeAssignableTo(a!, b!) && types.isTypeAssignableTo(b!, a!);

/** The symbol of `{ name }` is the field; its value is meant here. */
function typeAt(types: ts.TypeChecker, node: ts.Expression): ts.Type {
  const symbol = isShorthand(node.parent) ? types.getShorthandAssignmentValueSymbol(node.parent) : undefined;
  return symbol ? types.getTypeOfSymbolAtLocation(symbol, node) : types.getTypeAtLocation(node);
}

/** One field of an object with at least two. */
export const lostFields: EditOperator = (node, file) => {
  if (!ts.isObjectLiteralExpression(node) || node.properties.length < 2) return [];
  return node.properties.map((_, n, all) => ({
    kind: 'field lost',
    node,
    changes: [{ ...rangeOfElement(all, n, file), text: '' }],
  }));
};

/** The right side of `??`, the default of a parameter or variable, and `default:` of a schema. */
export const changedDefaults: EditOperator = (node, file) => {
  const kind: Kind = 'default changed';
  if (ts.isBinaryExpression(node) && node.operatorToken.getText(file) === '??') {
    const other = otherValue(node.right, file);
    const change =
      other === null ? { start: node.left.end, end: node.end, text: '' } : replaced(node.right, file, other);
    return [{ kind, node, changes: [change] }];
  }
  const value = defaultOf(node, file);
  const other = value && otherValue(value, file);
  return value && other ? [{ kind, node: value, changes: [replaced(value, file, other)] }] : [];
};

function defaultOf(node: ts.Node, file: ts.SourceFile): ts.Expression | undefined {
  if (ts.isParameter(node) || ts.isBindingElement(node)) return node.initializer;
  const isDefault = ts.isPropertyAssignment(node) && node.name.getText(file) === 'default';
  return isDefault ? node.initializer : undefined;
}

/** Another value of the type of a literal; null if it is none. */
function otherValue(node: ts.Expression, file: ts.SourceFile): string | null {
  if (ts.isNumericLiteral(node)) return String(Number(node.text.replaceAll('_', '')) + 1);
  if (ts.isStringLiteral(node)) return node.text === '' ? "'other'" : "''";
  if (node.kind === ts.SyntaxKind.TrueKeyword) return 'false';
  if (node.kind === ts.SyntaxKind.FalseKeyword) return 'true';
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) return '[]';
  if (ts.isObjectLiteralExpression(node) && node.properties.length > 0) return '{}';
  return ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand) ? node.operand.getText(file) : null;
}

const OTHER_BOUND: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
]);
const SUMS = new Set([ts.SyntaxKind.PlusToken, ts.SyntaxKind.MinusToken]);

/** A bound that has or has not its own value; `± 1` left out; an index or a position. */
export const byOne: EditOperator = (node, file) => {
  const kind: Kind = 'off by one';
  if (ts.isBinaryExpression(node)) {
    const bound = OTHER_BOUND.get(node.operatorToken.kind);
    if (bound !== undefined) return [{ kind, node, changes: [replaced(node.operatorToken, file, bound)] }];
    const isOne = SUMS.has(node.operatorToken.kind) && node.right.getText(file) === '1';
    return isOne ? [{ kind, node, changes: [{ start: node.left.end, end: node.end, text: '' }] }] : [];
  }
  const position = positionIn(node);
  if (!position) return [];
  return [{ kind, node: position, changes: [replaced(position, file, `${Number(position.text) + 1}`)] }];
};

const POSITION_METHODS = /^(at|slice|substring|splice|with|repeat)$/;

function positionIn(node: ts.Node): ts.NumericLiteral | undefined {
  const position = ts.isElementAccessExpression(node)
    ? node.argumentExpression
    : ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        POSITION_METHODS.test(node.expression.name.text)
      ? node.arguments[0]
      : undefined;
  return position && ts.isNumericLiteral(position) ? position : undefined;
}
