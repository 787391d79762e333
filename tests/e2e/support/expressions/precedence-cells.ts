import type { Json } from '../../../../contract/json';
import { ExpressionError } from './evaluator/expression-error';
import { compile } from './evaluator/parser';
import { jsonText } from './evaluator/values';
import { HARD_OPERANDS, OPERAND_SCOPE } from './hard-operands';
import { BINARY_OPERATORS } from './operator-cells';

/** Two operators of the operands `x`, `y` and `z`, and the two ways to read them. */
interface Shape {
  readonly text: string;
  readonly readings: readonly [string, string];
}

const withBinary = (sign: string): Shape[] => [
  ...BINARY_OPERATORS.map((next): Shape => ({
    text: `x ${sign} y ${next} z`,
    readings: [`(x ${sign} y) ${next} z`, `x ${sign} (y ${next} z)`],
  })),
  { text: `not x ${sign} y`, readings: [`(not x) ${sign} y`, `not (x ${sign} y)`] },
  { text: `-x ${sign} y`, readings: [`(-x) ${sign} y`, `-(x ${sign} y)`] },
  { text: `x ${sign} -y`, readings: [`x ${sign} (-y)`, `-(x ${sign} y)`] },
  { text: `x ${sign} y|tojson`, readings: [`x ${sign} (y|tojson)`, `(x ${sign} y)|tojson`] },
  { text: `x ${sign} y[z]`, readings: [`x ${sign} (y[z])`, `(x ${sign} y)[z]`] },
  { text: `x ${sign} y.a`, readings: [`x ${sign} (y.a)`, `(x ${sign} y).a`] },
];

const SHAPES: readonly Shape[] = [
  ...BINARY_OPERATORS.flatMap(withBinary),
  { text: '-x|tojson', readings: ['(-x)|tojson', '-(x|tojson)'] },
  { text: '-x[y]', readings: ['(-x)[y]', '-(x[y])'] },
  { text: '-x.a', readings: ['(-x).a', '-(x.a)'] },
  { text: 'not x|default(y)', readings: ['(not x)|default(y)', 'not (x|default(y))'] },
  { text: 'not x[y]', readings: ['(not x)[y]', 'not (x[y])'] },
  { text: 'not x.a', readings: ['(not x).a', 'not (x.a)'] },
];

const COMPARISONS = ['<', '<=', '>', '>='];
const ARITHMETIC = ['-', '*', '/', '%'];

/** Both readings are the same, or neither has a value: a comparison is no number, and no list. */
export const SAME_IN_BOTH_READINGS: ReadonlySet<string> = new Set([
  ...['x or y or z', 'x and y and z', 'x in -y'],
  ...[...COMPARISONS, 'in'].flatMap((first) => COMPARISONS.map((second) => `x ${first} y ${second} z`)),
  ...ARITHMETIC.map((second) => `x in y ${second} z`),
]);

type Operand = keyof typeof HARD_OPERANDS;
const OPERANDS: readonly Operand[] = [
  ...(['n2', 'neg', 'dec', 'u64', 'n0', 't', 'e', 'a', 'l1', 'lx', 'oa', 'n1', 'o', 'nul'] as const),
];

const TRIPLES = OPERANDS.flatMap((x) => OPERANDS.flatMap((y) => OPERANDS.map((z) => ({ x, y, z }))));

/** So many cells for each shape, if there are. */
const MOST = 3;

function outcomeOf(evaluate: ReturnType<typeof compile>, operands: Record<string, Operand>): string {
  const values = Object.entries(operands).map(([name, operand]) => [name, HARD_OPERANDS[operand]] as const);
  try {
    return jsonText(evaluate({ ...OPERAND_SCOPE, names: Object.fromEntries<Json>(values) }));
  } catch (error) {
    if (error instanceof ExpressionError) return 'error';
    throw error;
  }
}

/** Operands with which the two readings differ. */
function cellsOf({ text, readings }: Shape): string[] {
  const [first, second] = readings.map(compile);
  const cells = new Set<string>();
  for (const triple of TRIPLES) {
    if (cells.size === MOST) break;
    if (outcomeOf(first!, triple) === outcomeOf(second!, triple)) continue;
    cells.add(text.replace(/\b[xyz]\b/g, (name) => triple[name as 'x' | 'y' | 'z']));
  }
  return [...cells];
}

/** The cells of each shape. */
export const PRECEDENCE_CELLS: ReadonlyMap<string, readonly string[]> = new Map(
  SHAPES.filter(({ text }) => !SAME_IN_BOTH_READINGS.has(text)).map((shape) => [shape.text, cellsOf(shape)]),
);
