import type { Callable, Kind } from './evaluator/callable';
import { FILTERS } from './evaluator/filters';
import { FUNCTIONS } from './evaluator/functions';
import { ARGUMENT_NAMES, OPERAND_NAMES, type OperandName } from './hard-operands';
import { eachPair } from './operator-cells';

/** How a call is written. */
type Written = (args: readonly string[]) => string;

const asFunction =
  (name: string): Written =>
  (args) =>
    `${name}(${args.join(',')})`;

/** The first argument is the input. */
const asFilter =
  (name: string): Written =>
  ([input, ...args]) =>
    args.length === 0 ? `${input}|${name}` : `${input}|${name}(${args.join(',')})`;

/** Arguments of the right kind, to which hard ones are added. */
const VALID: Record<Kind, OperandName> = {
  any: 'a',
  text: 'txt',
  number: 'dec',
  integer: 'n1',
  list: 'lab',
  object: 'o',
  sequence: 'l12',
};

/** Fewer and more arguments than there are: none at all, up to two too many. */
const arityCells = (write: Written, { kinds }: Callable, least: number): string[] => {
  const args = [...kinds.map((kind) => VALID[kind]), 'a', 'a'];
  return args
    .slice(least)
    .map((_, count) => write(args.slice(0, least + count)))
    .concat(write(args));
};

/** Each operand in each place, and all pairs in each two places that follow each other. */
function operandCells(write: Written, { kinds }: Callable): string[] {
  const valid: string[] = kinds.map((kind) => VALID[kind]);
  const places = kinds.flatMap((_, at) => OPERAND_NAMES.map((name) => write(valid.with(at, name))));
  const pairs = kinds
    .slice(1)
    .flatMap((_, at) => eachPair(ARGUMENT_NAMES, (left, right) => write(valid.with(at, left).with(at + 1, right))));
  return [...places, ...pairs];
}

/** The shorter form, where the last argument may be left out. */
const shortCells = (write: Written, { kinds, optional, call }: Callable): string[] =>
  optional === 0 ? [] : operandCells(write, { kinds: kinds.slice(0, -1), optional: 0, call });

const cellsOf = (write: Written, callable: Callable, least: 0 | 1): string[] => [
  ...arityCells(write, callable, least),
  ...operandCells(write, callable),
  ...shortCells(write, callable),
];

/** By name, every function with every operand, and with every number of arguments. */
export const FUNCTION_CELLS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(FUNCTIONS).map(([name, found]) => [name, cellsOf(asFunction(name), found, 0)]),
);

/** The same of the filters. */
export const FILTER_CELLS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(FILTERS).map(([name, found]) => [name, cellsOf(asFilter(name), found, 1)]),
);
