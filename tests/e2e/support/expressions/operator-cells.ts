import { OPERAND_NAMES } from './hard-operands';

/** All operators with two operands, the weakest first. */
export const BINARY_OPERATORS = [
  ...['or', 'and'],
  ...['==', '!=', '<', '<=', '>', '>=', 'in'],
  ...['+', '-', '*', '/', '%'],
] as const;

/** Each with an operand `x`. */
export const UNARY_OPERATORS = ['not x', '-x', 'x.a'] as const;

const isWord = (operator: string): boolean => /^[a-z]/.test(operator);

/** `x operator y`, with blanks where they are needed. */
export const written = (left: string, operator: string, right: string): string =>
  isWord(operator) ? `${left} ${operator} ${right}` : `${left}${operator}${right}`;

/** Calls `cell` for each ordered pair of operands. */
export const eachPair = (names: readonly string[], cell: (left: string, right: string) => string): string[] =>
  names.flatMap((left) => names.map((right) => cell(left, right)));

/** Each operator with each operand, and with each ordered pair of them. */
export const OPERATOR_CELLS: readonly string[] = [
  ...BINARY_OPERATORS.flatMap((operator) => eachPair(OPERAND_NAMES, (left, right) => written(left, operator, right))),
  ...eachPair(OPERAND_NAMES, (left, right) => `${left}[${right}]`),
  ...UNARY_OPERATORS.flatMap((form) => OPERAND_NAMES.map((name) => form.replace('x', name))),
];
