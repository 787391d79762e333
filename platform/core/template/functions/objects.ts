import type { Json, JsonObject } from '../../../../contract/json';
import type { Budget } from '../budget';
import { compareText } from '../values';
import { withArity, type FunctionTable } from './function-definition';

function sortedKeys(object: JsonObject, budget: Budget): string[] {
  const count = budget.countKeys(object);
  budget.chargeArray(count);
  budget.spend(count * Math.ceil(Math.log2(count + 2)));
  return Object.keys(object).sort(compareText);
}

/** Members of `right` replace those of `left`. `fromEntries` keeps a key `__proto__` a key. */
function merge(left: JsonObject, right: JsonObject, budget: Budget): JsonObject {
  budget.chargeArray(3 * (budget.countKeys(left) + budget.countKeys(right)));
  const entries: [string, Json][] = [...Object.entries(left), ...Object.entries(right)];
  return Object.fromEntries(entries);
}

export const OBJECT_FUNCTIONS: FunctionTable = {
  keys: withArity(1, (args, { budget }) => sortedKeys(args.object(0), budget)),
  values: withArity(1, (args, { budget }) => sortedKeys(args.object(0), budget).map((key) => args.object(0)[key]!)),
  merge: withArity(2, (args, { budget }) => merge(args.object(0), args.object(1), budget)),
};
