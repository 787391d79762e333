import type { Json, JsonObject } from '../../../../contract/json';
import { evaluate } from './evaluator/parser';
import { tokensOf } from './evaluator/tokens';
import { charactersOf, jsonText } from './evaluator/values';
import { ExpressionError } from './evaluator/expression-error';
import { FILTER_CELLS, FUNCTION_CELLS } from './function-cells';
import { HARD_OPERANDS, OPERAND_NAMES, OPERAND_SCOPE } from './hard-operands';
import { BINARY_OPERATORS, eachPair, UNARY_OPERATORS, written } from './operator-cells';

/** An expression over an object that holds the hard operands, and its value. */
interface RuleCell {
  readonly expression: string;
  readonly value: Json;
}

/** The same expression, with each operand as a member of `root`. */
function over(root: string, cell: string): string {
  const tokens = tokensOf(cell);
  const characters = charactersOf(cell);
  tokens.forEach(({ type, value, column }, at) => {
    const isMember = at > 0 && ['.', '|'].includes(tokens[at - 1]!.value);
    if (type !== 'word' || isMember || tokens[at + 1]!.value === '(') return;
    if (Object.hasOwn(HARD_OPERANDS, value)) characters[column - 1] = ` ${root}.${characters[column - 1]!}`;
  });
  return characters.join('').trim();
}

function valueOf(cell: string): Json | undefined {
  try {
    return evaluate(cell, OPERAND_SCOPE);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** So many cells for each operator, function and filter, if it has so many values. */
const MOST = 3;

function cellsWithValues(root: string, cells: readonly string[]): RuleCell[] {
  const found = new Map<string, RuleCell>();
  for (const cell of cells) {
    if (found.size === MOST) break;
    const value = valueOf(cell);
    if (value !== undefined) found.set(jsonText(value), { expression: over(root, cell), value });
  }
  return [...found.values()];
}

/** Functions that no rule has: there is no task. */
const TASK_FUNCTIONS: readonly string[] = ['result', 'succeeded', 'failed', 'timed_out'];

const functionCells = [...FUNCTION_CELLS].flatMap(([name, cells]) => (TASK_FUNCTIONS.includes(name) ? [] : [cells]));

const ALL_CELLS: readonly (readonly string[])[] = [
  ...BINARY_OPERATORS.map((sign) => eachPair(OPERAND_NAMES, (left, right) => written(left, sign, right))),
  ...UNARY_OPERATORS.map((form) => OPERAND_NAMES.map((name) => form.replace('x', name))),
  ...functionCells,
  ...FILTER_CELLS.values(),
];

/** Cells of each operator, function and filter, over the members of `root`. */
export const cellsOver = (root: string): RuleCell[] => ALL_CELLS.flatMap((cells) => cellsWithValues(root, cells));

/** Values by name, as the parameters of a rule. */
export const numbered = (values: readonly Json[]): JsonObject =>
  Object.fromEntries(values.map((value, n) => [`_${n}`, value]));

export const templatesOf = (cells: readonly RuleCell[]): JsonObject =>
  numbered(cells.map(({ expression }) => `{{ ${expression} }}`));

export const valuesOf = (cells: readonly RuleCell[]): Json[] => cells.map(({ value }) => value);
