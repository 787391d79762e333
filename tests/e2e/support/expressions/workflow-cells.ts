import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/claim';
import { logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { runToEnd } from '../../../../helpers/scenario/resources/ended-executions';
import { ExpressionError } from './evaluator/expression-error';
import { evaluate } from './evaluator/parser';
import { isEqual, jsonText } from './evaluator/values';
import { HARD_OPERANDS, OPERAND_SCOPE } from './hard-operands';

/** A value, or the message of the error; null: it is not known. */
type Outcome = { readonly value: Json } | { readonly error: string | null };

/** A value, or what the message of the error contains. */
type ExpectedOutcome = { readonly value: Json } | { readonly error: string };

function expectedOutcome(expression: string): ExpectedOutcome {
  try {
    return { value: evaluate(expression, OPERAND_SCOPE) };
  } catch (error) {
    if (error instanceof ExpressionError) return { error: error.part };
    throw error;
  }
}

/** Steps that all expressions of one output map may take, with room for what they do. */
const STEPS_OF_A_MAP = 1_000_000;

/** Reading an expression takes this number of steps, and eight for each character. */
const stepsOf = (expression: string): number => 90 + 9 * expression.length;

/** Expressions in the parts that one output map can evaluate. */
function partsOf(expressions: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let steps = 0;
  for (const expression of expressions) {
    steps += stepsOf(expression);
    if (steps > STEPS_OF_A_MAP) {
      parts.push([]);
      steps = stepsOf(expression);
    }
    parts.at(-1)!.push(expression);
  }
  return parts;
}

/** Skipped: the workflow ends at once, and its output map is rendered. */
const NO_TASK = { name: 'T', action: 'core.noop', when: 'false' };

/** What one output map gives, by expression. An entry without a value has a warning in the log. */
async function outcomesOfMap(ctx: Context, expressions: readonly string[], name: string): Promise<Outcome[]> {
  const output_map = Object.fromEntries(expressions.map((expression, n) => [`_${n}`, `{{${expression}}}`]));
  const { ref } = await ctx.workflow([NO_TASK], { name, vars: HARD_OPERANDS, output_map });
  const { id, result } = await runToEnd(ctx, ref);
  const errors = ctx.canProve('executions.log') ? await errorsOf(ctx, id) : null;
  const values = result as JsonObject;
  return expressions.map((_, n) =>
    Object.hasOwn(values, `_${n}`)
      ? { value: values[`_${n}`]! }
      : { error: errors === null ? null : (errors.get(`_${n}`) ?? 'no warning') },
  );
}

async function errorsOf(ctx: Context, id: number): Promise<Map<string, string>> {
  const entries = await until(logToEnd(ctx.client, id), ctx.deadline);
  return new Map(
    entries.flatMap(({ payload }) => {
      const { output, error } = isObject(payload) ? payload : {};
      return typeof output === 'string' && typeof error === 'string' ? [[output, error]] : [];
    }),
  );
}

const isAsExpected = (expected: ExpectedOutcome, found: Outcome): boolean =>
  'value' in expected
    ? 'value' in found && isEqual(expected.value, found.value)
    : 'error' in found && (found.error === null || found.error.includes(expected.error));

const shown = (outcome: Outcome): string =>
  'value' in outcome ? jsonText(outcome.value).slice(0, 200) : `error (${outcome.error})`;

/** So many differences are listed. */
const MOST_SHOWN = 60;

/**
 * Evaluates expressions in output maps of workflows with the hard operands as variables. Returns
 * what differs from the evaluator: the expression, the expected and the found outcome.
 */
export async function differencesInWorkflows(ctx: Context, expressions: readonly string[]): Promise<string[]> {
  const parts = partsOf(expressions);
  const maps = await Promise.all(parts.map((part, n) => outcomesOfMap(ctx, part, `map${n}`)));
  const found = maps.flat();
  const differences = parts.flat().flatMap((expression, n) => {
    const [expected, actual] = [expectedOutcome(expression), found[n]!];
    return isAsExpected(expected, actual) ? [] : [`${expression}: expected ${shown(expected)}, is ${shown(actual)}`];
  });
  return differences.slice(0, MOST_SHOWN);
}
