import type { Budget } from '../budget';
import { isIn } from '../operators';
import { matchesPattern } from '../regex';
import { splitText } from '../search';
import { characters, printText } from '../values';
import { withArity, type Arguments, type FunctionTable, type FunctionContext } from './function-definition';

/** Replaces all occurrences. An empty `old` is before each character and at the end. */
function replaceAll(text: string, old: string, replacement: string, budget: Budget): string {
  if (text === '') return old === '' ? replacement : text;
  const pieces = old === '' ? ['', ...characters(text, budget), ''] : splitText(text, old, budget);
  budget.chargeString(text.length + (pieces.length - 1) * (replacement.length + 1));
  return pieces.join(replacement);
}

/** An empty separator splits into characters. */
function split(args: Arguments, { budget }: FunctionContext): string[] {
  const [text, separator] = [args.text(0), args.text(1)];
  if (separator === '') return characters(text, budget);
  const pieces = splitText(text, separator, budget);
  budget.chargeArray(pieces.length);
  return pieces;
}

/** Joins elements as `string(x)` converts them. */
function join(args: Arguments, { budget }: FunctionContext): string {
  const [array, separator] = [args.array(0), args.text(1)];
  const parts = array.map((element) => {
    budget.spend(4);
    return printText(element, budget);
  });
  const size = parts.reduce((total, part) => total + part.length + separator.length, 0);
  budget.chargeString(size);
  return parts.join(separator);
}

const mapText = (args: Arguments, { budget }: FunctionContext, change: (text: string) => string): string => {
  const text = args.text(0);
  budget.chargeString(text.length);
  return change(text);
};

export const STRING_FUNCTIONS: FunctionTable = {
  lower: withArity(1, (args, context) => mapText(args, context, (text) => text.toLowerCase())),
  upper: withArity(1, (args, context) => mapText(args, context, (text) => text.toUpperCase())),
  trim: withArity(1, (args, context) => mapText(args, context, (text) => text.trim())),
  replace: withArity(3, (args, { budget }) => replaceAll(args.text(0), args.text(1), args.text(2), budget)),
  split: withArity(2, split),
  join: withArity(2, join),
  starts_with: withArity(2, (args) => args.text(0).startsWith(args.text(1))),
  ends_with: withArity(2, (args) => args.text(0).endsWith(args.text(1))),
  match: withArity(2, (args, { budget }) => matchesPattern(args.text(0), args.text(1), budget)),
  contains: withArity(2, (args, { budget }) => isIn(args.any(1), args.any(0), budget)),
};
