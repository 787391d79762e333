import type { Json, JsonObject } from '../../../../contract/json';
import type { Budget } from '../budget';
import { compareText } from '../values';
import { takes, type FunctionTable } from './definition';

function sortedKeys(object: JsonObject, budget: Budget): string[] {
  const count = budget.countKeys(object);
  budget.collect(count);
  budget.spend(count * Math.ceil(Math.log2(count + 2)));
  return Object.keys(object).sort(compareText);
}

/** The members of `right` win. Made from entries, so that a key `__proto__` stays a key. */
function merge(left: JsonObject, right: JsonObject, budget: Budget): JsonObject {
  budget.collect(3 * (budget.countKeys(left) + budget.countKeys(right)));
  const entries: [string, Json][] = [...Object.entries(left), ...Object.entries(right)];
  return Object.fromEntries(entries);
}

export const OBJECTS: FunctionTable = {
  keys: takes(1, (args, { budget }) => sortedKeys(args.object(0), budget)),
  values: takes(1, (args, { budget }) => sortedKeys(args.object(0), budget).map((key) => args.object(0)[key]!)),
  merge: takes(2, (args, { budget }) => merge(args.object(0), args.object(1), budget)),
};
