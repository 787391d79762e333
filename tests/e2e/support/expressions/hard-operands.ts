import type { JsonObject } from '../../../../contract/json';
import { NO_OUTCOME, type Scope } from './evaluator/scope';

/** Variables with the values at which operators and functions are tried, each with each. */
export const HARD_OPERANDS = {
  nul: null,
  t: true,
  f: false,
  n0: 0,
  n1: 1,
  n2: 2,
  neg: -1,
  dec: 1.5,
  half: -2.5,
  safe: 9007199254740991,
  pow: 9007199254740993n,
  i63: 9223372036854775807n,
  min: -9223372036854775808n,
  u64: 18446744073709551615n,
  huge: 1e300,
  e: '',
  s0: '0',
  s1: '1',
  txt: 'text',
  a: 'a',
  B: 'B',
  uni: 'aé😀',
  el: [],
  l1: [1],
  l12: [1, 2],
  lab: ['b', 'a'],
  lx: [1, '1', null, [1]],
  eo: {},
  o: { a: 1 },
  oa: { a: 'a' },
  ob: { a: 2, B: [0], t: 'text', u: '1' },
} as const satisfies JsonObject;

export type OperandName = keyof typeof HARD_OPERANDS;

/** Those at which an operator is tried, each with each. */
export const OPERAND_NAMES: readonly OperandName[] = [
  ...(['nul', 't', 'f', 'n0', 'n1', 'neg', 'dec', 'safe', 'pow', 'i63', 'u64', 'huge'] as const),
  ...(['e', 's0', 's1', 'txt', 'uni', 'el', 'l1', 'l12', 'lx', 'eo', 'o', 'ob'] as const),
];

/** Those at which each two arguments of a function are tried, each with each. */
export const ARGUMENT_NAMES: readonly OperandName[] = [
  ...(['nul', 't', 'n0', 'n2', 'neg', 'dec', 'i63', 'e', 's1', 'a', 'uni', 'lab', 'lx', 'o', 'ob'] as const),
];

/** The scope of an output map with these variables, before any task has ended. */
export const OPERAND_SCOPE: Scope = {
  names: {
    ...HARD_OPERANDS,
    parameters: {},
    workflow: HARD_OPERANDS,
    vars: HARD_OPERANDS,
    variables: HARD_OPERANDS,
    task: {},
    tasks: {},
  },
  result: null,
  outcome: NO_OUTCOME,
};
