import type { Context } from '../../../../helpers/scenario/claim';
import { logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { runToEnd } from '../../../../helpers/scenario/resources/ended-executions';
import { FILTER_CELLS, FUNCTION_CELLS } from './function-cells';
import { ExpressionError } from './evaluator/expression-error';
import { evaluate } from './evaluator/parser';
import { HARD_OPERANDS, OPERAND_SCOPE } from './hard-operands';
import { BINARY_OPERATORS, eachPair, UNARY_OPERATORS, written } from './operator-cells';
import { FORBIDDEN_CELLS, SYNTAX_CELLS } from './syntax-cells';

/** The code of a fault, its column, and what its message contains. */
export interface ExpressionFault {
  readonly expression: string;
  readonly code: string;
  readonly column: number;
  readonly part: string;
}

function faultOf(expression: string): ExpressionFault | null {
  try {
    evaluate(expression, OPERAND_SCOPE);
    return null;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { code, column, part } = error;
    return { expression, code, column, part };
  }
}

/** For each code, the first of these cells that ends with it, behind other characters. */
function firstFaults(cells: readonly string[]): ExpressionFault[] {
  const byCode = new Map<string, ExpressionFault>();
  for (const cell of cells) {
    const fault = faultOf(`["é😀", ${cell}]`);
    if (fault !== null && !byCode.has(fault.code)) byCode.set(fault.code, fault);
  }
  return [...byCode.values()];
}

const NAMES = ['l12', 'nul', 'n1', 'o', 'txt', 'dec', 't'];

const constant = (code: string, cells: Readonly<Record<string, number>>): ExpressionFault[] =>
  Object.entries(cells).map(([expression, column]) => ({ expression, code, column, part: '' }));

/** One fault of each kind for each operator, function and filter, and the syntax errors. */
export const EXPRESSION_FAULTS: readonly ExpressionFault[] = [
  ...constant('TEMPLATE_SYNTAX', SYNTAX_CELLS),
  ...constant('TEMPLATE_FORBIDDEN', FORBIDDEN_CELLS),
  ...BINARY_OPERATORS.flatMap((sign) => firstFaults(eachPair(NAMES, (left, right) => written(left, sign, right)))),
  ...UNARY_OPERATORS.flatMap((form) => firstFaults(NAMES.map((name) => form.replace('x', name)))),
  ...[...FUNCTION_CELLS.values(), ...FILTER_CELLS.values()].flatMap(firstFaults),
  ...[
    'none',
    'none.x',
    'o.none',
    'o["none"]',
    'l1[9]',
    'l1[-9]',
    'o.a.b',
    'ob.B.c',
    'no(1)',
    'n1|no',
    'o.constructor',
  ].flatMap((cell) => firstFaults([cell])),
];

/** Of an error in the log of a workflow: the message, the column, and the expression. */
const LOGGED = /^(.*) \(column (\d+) of (.*)\)$/s;

/**
 * Runs a workflow with a task for each expression, which ends because of it. Returns what differs:
 * the code and the column of each, or that the message does not name the part at fault.
 */
export async function differencesInFaults(ctx: Context, faults: readonly ExpressionFault[]): Promise<string[]> {
  const tasks = faults.map(({ expression }, n) => ({
    name: `t${n}`,
    action: 'core.noop',
    input: { value: `{{ ${expression} }}` },
  }));
  const { ref } = await ctx.workflow(tasks, { vars: HARD_OPERANDS });
  const { id } = await runToEnd(ctx, ref, {}, 'failed');
  const found = new Map<unknown, string>();
  for (const { type, payload } of await until(logToEnd(ctx.client, id), ctx.deadline)) {
    if (type !== 'STEP_FAILED') continue;
    const { task, code, error } = payload as { task: string; code: string; error: string };
    const [, message = error, column, expression] = LOGGED.exec(error) ?? [];
    const { part } = faults[Number(task.slice(1))]!;
    found.set(task, `${code} in column ${column} of ${expression}${message.includes(part) ? '' : `: ${message}`}`);
  }
  return faults.flatMap(({ expression, code, column }, n) => {
    const expected = `${code} in column ${column} of ${expression}`;
    const actual = found.get(`t${n}`) ?? 'no fault';
    return expected === actual ? [] : [`expected ${expected}, is ${actual}`];
  });
}
