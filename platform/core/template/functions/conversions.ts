import type { Json } from '../../../../contract/json';
import { exactNumber } from '../../../../contract/json-text/exact-number';
import { assertFinite, isNumber } from '../exact-arithmetic';
import { isTruthyWithin } from '../truthy';
import { byteLength, printText, typeName } from '../values';
import { withArity, type Arguments, type FunctionTable, type FunctionContext } from './function-definition';
import { toWhole } from './numbers';

const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** A number is itself, a boolean 1 or 0; a string must be a decimal number, blanks aside. */
function toNumber(args: Arguments): number | bigint {
  const value = args.any(0);
  if (isNumber(value)) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = typeof value === 'string' ? value.trim() : '';
  if (!DECIMAL.test(text)) return args.rejectArgument(0, 'a string that spells a number');
  assertFinite(Number(text));
  const number = exactNumber(text.replace(/^\+/, ''));
  if (typeof number !== 'object') return number === 0 ? 0 : number; // no negative zero
  return args.rejectArgument(
    0,
    'a string that spells an integer of at most 64 bits, or a decimal that can be kept exactly',
  );
}

/** Elements of an array or object, bytes of a string. */
function measureLength(args: Arguments, { budget }: FunctionContext): number {
  const value = args.any(0);
  if (typeof value === 'string') {
    budget.chargeScan(value);
    return byteLength(value);
  }
  if (value === null || typeof value !== 'object') return args.rejectArgument(0, 'an array, an object or a string');
  return Array.isArray(value) ? value.length : budget.countKeys(value);
}

export const CONVERSION_FUNCTIONS: FunctionTable = {
  string: withArity(1, (args, { budget }): Json => printText(args.any(0), budget)),
  number: withArity(1, toNumber),
  int: withArity(1, (args) => toWhole(toNumber(args), Math.trunc)),
  bool: withArity(1, (args, { budget }) => isTruthyWithin(args.any(0), budget)),
  type_of: withArity(1, (args) => typeName(args.any(0))),
  length: withArity(1, measureLength),
};
