import type { Json } from '../../../../contract/json';
import { finite } from '../operators';
import { isTrue } from '../truthy';
import { byteLength, printText, typeName } from '../values';
import { takes, type Arguments, type FunctionTable, type Run } from './definition';

const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** Numbers as they are, booleans 1 or 0, strings that spell a decimal number; blanks around it do not matter. */
export function toNumber(args: Arguments): number {
  const value = args.any(0);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = typeof value === 'string' ? value.trim() : '';
  return DECIMAL.test(text) ? finite(Number(text)) : args.refuse(0, 'a string that spells a number');
}

/** Elements of an array or object, bytes of a string. */
function lengthOf(args: Arguments, { budget }: Run): number {
  const value = args.any(0);
  if (typeof value === 'string') {
    budget.scan(value);
    return byteLength(value);
  }
  if (value === null || typeof value !== 'object') return args.refuse(0, 'an array, an object or a string');
  return Array.isArray(value) ? value.length : budget.countKeys(value);
}

export const CONVERSIONS: FunctionTable = {
  string: takes(1, (args, { budget }): Json => printText(args.any(0), budget)),
  number: takes(1, toNumber),
  int: takes(1, (args) => finite(Math.trunc(toNumber(args)))),
  bool: takes(1, (args, { budget }) => isTrue(args.any(0), budget)),
  type_of: takes(1, (args) => typeName(args.any(0))),
  length: takes(1, lengthOf),
};
