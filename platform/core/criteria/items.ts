import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { Budget } from '../template/budget';
import { Fault } from '../template/fault';
import { equal } from '../template/values';
import { met, unmet, unusable, type Verdict } from './types';

type Operator = (found: Json, wanted: Json) => boolean;

const same: Operator = (found, wanted) => equal(found, wanted, new Budget());

const OPERATORS: Readonly<Record<string, Operator>> = {
  equals: same,
  not_equals: (found, wanted) => !same(found, wanted),
  contains: (found, wanted) => typeof found === 'string' && typeof wanted === 'string' && found.includes(wanted),
};

/** All of `[{field, operator, value}, …]` must hold; the first that does not decides. */
export function decideItems(items: readonly Json[], payload: Json): Verdict {
  for (const item of items) {
    const verdict = decideItem(item, payload);
    if (!verdict.matched) return verdict;
  }
  return met(items.map(textOf).join(' and '));
}

function decideItem(item: Json, payload: Json): Verdict {
  const text = textOf(item);
  if (!isObject(item) || typeof item.field !== 'string' || item.value === undefined) {
    return unusable(text, 'an item is {field, operator, value}');
  }
  const { operator } = item;
  if (typeof operator !== 'string' || !Object.hasOwn(OPERATORS, operator)) {
    return unusable(text, `the operator is one of ${Object.keys(OPERATORS).join(', ')}`);
  }
  const found = at(payload, item.field);
  if (found === undefined) return unmet(text, `the payload has no ${item.field}`);
  try {
    return OPERATORS[operator]!(found, item.value) ? met(text) : unmet(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return unusable(text, error.describe(), 'CRITERIA_TIMEOUT');
  }
}

/** A dotted path of own keys inside the payload; a list has none. */
function at(payload: Json, field: string): Json | undefined {
  let found: Json | undefined = payload;
  for (const key of field.split('.')) {
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}

const textOf = (item: Json): string =>
  isItem(item) ? `${item.field} ${item.operator} ${JSON.stringify(item.value)}` : JSON.stringify(item);

const isItem = (item: Json): item is JsonObject & { field: string; operator: string; value: Json } =>
  isObject(item) && typeof item.field === 'string' && typeof item.operator === 'string' && item.value !== undefined;
