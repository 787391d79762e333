import type { Fault } from '../fault';

/** Operators of expressions. */
export const OPERATOR_FAULTS: readonly Fault[] = [
  {
    id: 'F810',
    promise: 'less-than excludes equal values',
    file: 'core/template/operators.ts',
    within: 'applyOperator',
    find: "compare('<', left, right, budget) < 0",
    replace: "compare('<', left, right, budget) <= 0",
    claims: ['T2.4h'],
  },
  {
    id: 'F825',
    promise: 'a division of two whole numbers keeps the fraction of its result',
    file: 'core/template/operators.ts',
    within: 'arithmetic',
    find: 'left / right',
    replace: 'Math.trunc(left / right)',
    claims: ['T2.4h'],
  },
  {
    id: 'F863',
    promise: 'only numbers are subtracted, multiplied and divided',
    file: 'core/template/operators.ts',
    within: 'arithmetic',
    find: "typeof left !== 'number' || typeof right !== 'number'",
    replace: "typeof left !== 'number' && typeof right !== 'number'",
    claims: ['T2.4i'],
  },
  {
    id: 'F864',
    promise: 'the list of a sort holds values of one type',
    file: 'core/template/functions/lists.ts',
    within: 'sort',
    find: "!array.every((element) => typeof element === 'string')",
    replace: "!array.some((element) => typeof element === 'string')",
    claims: ['T2.4i'],
  },
  {
    id: 'F865',
    promise: 'a text splits at each occurrence, also into no more than one part',
    file: 'core/template/functions/strings.ts',
    within: 'split',
    find: 'return pieces;',
    replace: "return pieces.filter((piece) => piece !== '' || pieces.length > 1);",
    claims: ['T2.4h'],
  },
];
