import { FILTERS } from '../../../platform/core/template/filters';
import type { FunctionTable } from '../../../platform/core/template/functions/function-definition';
import { FUNCTIONS } from '../../../platform/core/template/functions/table';
import { PRECEDENCE } from '../../../platform/core/template/parse';
import { FILTER_EDGES, FUNCTION_EDGES } from '../../e2e/support/expressions/edge-cells';
import { typeOf } from '../../e2e/support/expressions/evaluator/values';
import { FILTER_CELLS, FUNCTION_CELLS } from '../../e2e/support/expressions/function-cells';
import { ARGUMENT_NAMES, HARD_OPERANDS, OPERAND_NAMES } from '../../e2e/support/expressions/hard-operands';
import { BINARY_OPERATORS, OPERATOR_CELLS, written } from '../../e2e/support/expressions/operator-cells';
import { PRECEDENCE_CELLS, SAME_IN_BOTH_READINGS } from '../../e2e/support/expressions/precedence-cells';

const TYPES = ['array', 'bool', 'null', 'number', 'object', 'string'];

test.each([OPERAND_NAMES, ARGUMENT_NAMES])('the operands have every type', (...names) => {
  expect([...new Set(names.map((name) => typeOf(HARD_OPERANDS[name] as never)))].sort()).toEqual(TYPES);
});

test('each operator of the platform has a cell for each two operands', () => {
  expect([...BINARY_OPERATORS].sort()).toEqual(Object.keys(PRECEDENCE).sort());
  const cells = new Set(OPERATOR_CELLS);
  const missing = BINARY_OPERATORS.flatMap((operator) =>
    OPERAND_NAMES.flatMap((left) => OPERAND_NAMES.map((right) => written(left, operator, right))),
  ).filter((cell) => !cells.has(cell));
  expect(missing).toEqual([]);
});

test('each two operators have operands with which the order shows', () => {
  const pairs = BINARY_OPERATORS.flatMap((first) => BINARY_OPERATORS.map((second) => `x ${first} y ${second} z`));
  const missing = pairs.filter((pair) => !PRECEDENCE_CELLS.has(pair) && !SAME_IN_BOTH_READINGS.has(pair));
  expect(missing).toEqual([]);
  expect([...PRECEDENCE_CELLS].filter(([, cells]) => cells.length === 0)).toEqual([]);
});

/** The arguments of a cell; of a filter, the input is the first. */
function argumentsOf(cell: string): string[] {
  const [, input, name, list = ''] = /^(?:([^|]+)\|)?(\w+)(?:\((.*)\))?$/.exec(cell) ?? [];
  if (name === undefined) return [];
  return [...(input === undefined ? [] : [input]), ...(list === '' ? [] : list.split(','))];
}

const tables: [
  string,
  FunctionTable,
  ReadonlyMap<string, readonly string[]>,
  Readonly<Record<string, unknown>>,
  number,
][] = [
  ['function', FUNCTIONS, FUNCTION_CELLS, FUNCTION_EDGES, 0],
  ['filter', FILTERS, FILTER_CELLS, FILTER_EDGES, 1],
];

describe.each(tables)('each %s', (_, platform, cells, edges, least) => {
  const entries = Object.entries(platform).map(([name, { maxArguments }]) => {
    const given = (cells.get(name) ?? []).map(argumentsOf);
    return { name, maxArguments, given };
  });

  test('of the platform has cells, and cases at its edges', () => {
    expect([...cells.keys()].sort()).toEqual(Object.keys(platform).sort());
    expect(Object.keys(edges).sort()).toEqual(Object.keys(platform).sort());
  });

  test('is called with each number of arguments, and with two too many', () => {
    const missing = entries.flatMap(({ name, maxArguments, given }) => {
      const counts = new Set(given.map(({ length }) => length));
      const expected = Array.from({ length: maxArguments + 3 - least }, (_, n) => n + least);
      return expected.filter((count) => !counts.has(count)).map((count) => `${name}: ${count}`);
    });
    expect(missing).toEqual([]);
  });

  test('is called with each operand in each place', () => {
    const missing = entries.flatMap(({ name, maxArguments, given }) =>
      Array.from({ length: maxArguments }, (_, place) => place).flatMap((place) => {
        const tried = new Set(given.filter(({ length }) => length <= maxArguments).map((args) => args[place]));
        return OPERAND_NAMES.filter((operand) => !tried.has(operand)).map((operand) => `${name}: ${place} ${operand}`);
      }),
    );
    expect(missing).toEqual([]);
  });
});
