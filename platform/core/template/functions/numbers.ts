import type { Json } from '../../../../contract/json';
import { calculate, compareNumbers, isNumber, toFinite, toInteger } from '../exact-arithmetic';
import { compareText } from '../values';
import { withArity, type Arguments, type FunctionTable } from './function-definition';

/** Rounds to `digits` decimals; halves are rounded away from zero. */
export function roundTo(value: number | bigint, digits: number): number | bigint {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) {
    return digits >= 0 ? value : roundInteger(BigInt(value), 10n ** BigInt(-digits));
  }
  const scaled = shiftDecimalPoint(Math.abs(value), digits);
  const rounded = shiftDecimalPoint(Math.round(scaled), -digits);
  return toFinite(Number.isFinite(rounded) ? Math.sign(value) * rounded : value);
}

/** The multiple of `unit` that is nearest; halves are rounded away from zero. */
function roundInteger(value: bigint, unit: bigint): number | bigint {
  const magnitude = value < 0n ? -value : value;
  const rounded = ((magnitude + unit / 2n) / unit) * unit;
  return toInteger(value < 0n ? -rounded : rounded);
}

/** Moves the decimal point in the decimal text: multiplying would turn 1.005 into 1.00499…. */
function shiftDecimalPoint(value: number, digits: number): number {
  const [coefficient, exponent = '0'] = String(value).split('e');
  return Number(`${coefficient!}e${Number(exponent) + digits}`);
}

/** `min` and `max` of two numbers or two strings. */
function pickExtreme(args: Arguments, sign: 1 | -1): Json {
  const [left, right] = [args.any(0), args.any(1)];
  if (typeof left === 'string') return sign * compareText(left, args.text(1)) <= 0 ? left : right;
  return sign * compareNumbers(args.number(0), args.number(1)) <= 0 ? left : right;
}

/** A bigint is whole. */
export const toWhole = (value: number | bigint, round: (value: number) => number): number | bigint =>
  typeof value === 'bigint' ? value : toFinite(round(value));

export const NUMBER_FUNCTIONS: FunctionTable = {
  abs: withArity(1, (args) => (args.number(0) < 0 ? calculate('-', 0, args.number(0)) : args.number(0))),
  floor: withArity(1, (args) => toWhole(args.number(0), Math.floor)),
  ceil: withArity(1, (args) => toWhole(args.number(0), Math.ceil)),
  round: withArity(1, (args) => roundTo(args.number(0), 0)),
  min: withArity(2, (args) => pickExtreme(args, 1)),
  max: withArity(2, (args) => pickExtreme(args, -1)),
  sum: withArity(1, (args, { budget }) => {
    const array = args.array(0);
    budget.spend(array.length);
    const add = (total: number | bigint, element: Json): number | bigint =>
      isNumber(element) ? calculate('+', total, element) : args.rejectArgument(0, 'an array of numbers');
    return array.reduce<number | bigint>(add, 0);
  }),
};
