import type { Json, JsonObject } from '../../../../contract/json';
import type { Budget } from '../budget';
import { compareText } from '../values';
import { takes, type FunctionTable } from './definition';

function sortedKeys(object: JsonObject, budget: Budget): string[] {
  const keys = Object.keys(object);
  budget.build(keys.length);
  budget.spend(keys.length * Math.ceil(Math.log2(keys.length + 2)));
  return keys.sort(compareText);
}

/** The members of `right` win. Made from entries, so that a key `__proto__` stays a key. */
function merge(left: JsonObject, right: JsonObject, budget: Budget): JsonObject {
  const entries: [string, Json][] = [...Object.entries(left), ...Object.entries(right)];
  budget.build(entries.length);
  budget.spend(entries.length);
  return Object.fromEntries(entries);
}

export const OBJECTS: FunctionTable = {
  keys: takes(1, (args, { budget }) => sortedKeys(args.object(0), budget)),
  values: takes(1, (args, { budget }) => sortedKeys(args.object(0), budget).map((key) => args.object(0)[key]!)),
  merge: takes(2, (args, { budget }) => merge(args.object(0), args.object(1), budget)),
};
