import type { Budget } from '../budget';
import { isIn } from '../operators';
import { found } from '../regex';
import { cut } from '../search';
import { characters, printText } from '../values';
import { takes, type Arguments, type FunctionTable, type Run } from './definition';

/** All occurrences. An empty `old` stands before each character and at the end. */
function replaceAll(text: string, old: string, by: string, budget: Budget): string {
  if (text === '') return old === '' ? by : text;
  const pieces = old === '' ? ['', ...characters(text, budget), ''] : cut(text, old, budget);
  budget.write(text.length + (pieces.length - 1) * (by.length + 1));
  return pieces.join(by);
}

/** An empty separator splits into characters. */
function split(args: Arguments, { budget }: Run): string[] {
  const [text, separator] = [args.text(0), args.text(1)];
  if (separator === '') return characters(text, budget);
  const pieces = cut(text, separator, budget);
  budget.collect(pieces.length);
  return pieces;
}

/** Elements as `string(x)` gives them. */
export function join(args: Arguments, { budget }: Run): string {
  const [array, separator] = [args.array(0), args.text(1)];
  const parts = array.map((element) => {
    budget.spend(4);
    return printText(element, budget);
  });
  const size = parts.reduce((total, part) => total + part.length + separator.length, 0);
  budget.write(size);
  return parts.join(separator);
}

const changed = (args: Arguments, { budget }: Run, change: (text: string) => string): string => {
  const text = args.text(0);
  budget.write(text.length);
  return change(text);
};

export const TEXTS: FunctionTable = {
  lower: takes(1, (args, run) => changed(args, run, (text) => text.toLowerCase())),
  upper: takes(1, (args, run) => changed(args, run, (text) => text.toUpperCase())),
  trim: takes(1, (args, run) => changed(args, run, (text) => text.trim())),
  replace: takes(3, (args, { budget }) => replaceAll(args.text(0), args.text(1), args.text(2), budget)),
  split: takes(2, split),
  join: takes(2, join),
  starts_with: takes(2, (args) => args.text(0).startsWith(args.text(1))),
  ends_with: takes(2, (args) => args.text(0).endsWith(args.text(1))),
  match: takes(2, (args, { budget }) => found(args.text(0), args.text(1), budget)),
  contains: takes(2, (args, { budget }) => isIn(args.any(1), args.any(0), budget)),
};
