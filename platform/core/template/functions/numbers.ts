import type { Json } from '../../../../contract/json';
import { toFinite } from '../operators';
import { compareText } from '../values';
import { withArity, type Arguments, type FunctionTable } from './function-definition';

/** Rounds to `digits` decimals; halves are rounded away from zero. */
export function roundTo(value: number, digits: number): number {
  const scaled = shiftDecimalPoint(Math.abs(value), digits);
  const rounded = shiftDecimalPoint(Math.round(scaled), -digits);
  return toFinite(Number.isFinite(rounded) ? Math.sign(value) * rounded : value);
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
  return sign * (args.number(0) - args.number(1)) <= 0 ? left : right;
}

export const NUMBER_FUNCTIONS: FunctionTable = {
  abs: withArity(1, (args) => Math.abs(args.number(0))),
  floor: withArity(1, (args) => toFinite(Math.floor(args.number(0)))),
  ceil: withArity(1, (args) => toFinite(Math.ceil(args.number(0)))),
  round: withArity(1, (args) => roundTo(args.number(0), 0)),
  min: withArity(2, (args) => pickExtreme(args, 1)),
  max: withArity(2, (args) => pickExtreme(args, -1)),
  sum: withArity(1, (args, { budget }) => {
    const array = args.array(0);
    budget.spend(array.length);
    const add = (total: number, element: Json): number =>
      typeof element === 'number' ? total + element : args.rejectArgument(0, 'an array of numbers');
    return toFinite(array.reduce(add, 0));
  }),
};
