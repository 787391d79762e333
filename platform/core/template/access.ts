import { isObject, type Json } from '../../../contract/json';
import type { Budget } from './budget';
import { Missing, missing, typeFault } from './fault';
import { didYouMean } from './nearest';
import { characters, typeName } from './values';

/** How the author wrote the path that is being followed; asked for only when it leads nowhere. */
export type PathText = () => string;

/** `value.name` or `value['name']`: own keys of objects, nothing else. TEMPLATE_NAME, TEMPLATE_TYPE. */
export function member(value: Json, name: string, path: PathText): Json {
  if (!isObject(value)) throw noMembers(value, path);
  if (Object.hasOwn(value, name)) return value[name]!;
  throw missing(name, path, () => didYouMean(name, Object.keys(value)));
}

/** A type error to the author. To the filter `default`, a path that goes on behind null is a missing one. */
function noMembers(value: Json, path: PathText): Error {
  const message = () => `${path()}: ${typeName(value)} has no members`;
  if (value === null) return new Missing('TEMPLATE_TYPE', message);
  return typeFault(Array.isArray(value) ? `${message()}; an element is taken with \`[0]\`` : message());
}

/** `value[index]`: a key of an object; a position, negative from the end, in an array or in a string's characters. */
export function element(value: Json, index: Json, path: PathText, budget: Budget): Json {
  if (typeof index === 'string') return member(value, index, path);
  if (value === null) throw noMembers(value, path);
  if (!Array.isArray(value) && typeof value !== 'string') {
    throw typeFault(`${path()}: ${typeName(value)} cannot be indexed with ${typeName(index)}`);
  }
  if (typeof index !== 'number' || !Number.isInteger(index)) {
    throw typeFault(`${path()}: a position is an integer, not ${typeName(index)}`);
  }
  const found = Array.isArray(value)
    ? value[index < 0 ? value.length + index : index]
    : character(value, index, budget);
  if (found === undefined) throw outOfRange(path, index, typeName(value));
  return found;
}

const character = (text: string, index: number, budget: Budget): string | undefined =>
  characters(text, budget).at(index);

const outOfRange = (path: PathText, index: number, type: string): Missing =>
  new Missing(
    'TEMPLATE_NAME',
    () => `Variable not found: ${path()}`,
    () => ` (position ${index} is outside the ${type})`,
  );
