import type { Json } from '../../../../contract/json';
import { finite } from '../operators';
import { compareText } from '../values';
import { takes, type Arguments, type FunctionTable } from './definition';

/** To the nearest at `digits` decimals; half goes away from zero. */
export function roundTo(value: number, digits: number): number {
  const scaled = shift(Math.abs(value), digits);
  const rounded = shift(Math.round(scaled), -digits);
  return finite(Number.isFinite(rounded) ? Math.sign(value) * rounded : value);
}

/** Moves the decimal point in the written number, as multiplying would turn 1.005 into 1.00499…. */
function shift(value: number, digits: number): number {
  const [coefficient, exponent = '0'] = String(value).split('e');
  return Number(`${coefficient!}e${Number(exponent) + digits}`);
}

/** `min` and `max`: exactly two, both numbers or both strings. */
function pick(args: Arguments, sign: 1 | -1): Json {
  const [left, right] = [args.any(0), args.any(1)];
  if (typeof left === 'string') return sign * compareText(left, args.text(1)) <= 0 ? left : right;
  return sign * (args.number(0) - args.number(1)) <= 0 ? left : right;
}

export const NUMBERS: FunctionTable = {
  abs: takes(1, (args) => Math.abs(args.number(0))),
  floor: takes(1, (args) => finite(Math.floor(args.number(0)))),
  ceil: takes(1, (args) => finite(Math.ceil(args.number(0)))),
  round: takes(1, (args) => roundTo(args.number(0), 0)),
  min: takes(2, (args) => pick(args, 1)),
  max: takes(2, (args) => pick(args, -1)),
  sum: takes(1, (args, { budget }) => {
    const array = args.array(0);
    budget.spend(array.length);
    const add = (total: number, element: Json): number =>
      typeof element === 'number' ? total + element : args.refuse(0, 'an array of numbers');
    return finite(array.reduce(add, 0));
  }),
};
