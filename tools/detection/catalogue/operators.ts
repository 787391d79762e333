import type { Faults } from '../fault';

/** Operators of expressions. */
export const OPERATOR_FAULTS: Faults = {
  F863: {
    promise: 'only numbers are subtracted, multiplied and divided',
    file: 'core/template/operators.ts',
    within: 'arithmetic',
    find: '!isNumber(left) || !isNumber(right)',
    replace: '!isNumber(left) && !isNumber(right)',
    claims: ['T2.4i'],
  },
  F864: {
    promise: 'the list of a sort holds values of one type',
    file: 'core/template/functions/lists.ts',
    within: 'sort',
    find: "!array.every((element) => typeof element === 'string')",
    replace: "!array.some((element) => typeof element === 'string')",
    claims: ['T2.4i'],
  },
};
