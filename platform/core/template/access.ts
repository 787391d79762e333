import { isObject, type Json } from '../../../contract/json';
import { didYouMean } from '../../../contract/text/closest-match';
import type { Budget } from './budget';
import { isNumber } from './exact-arithmetic';
import { isHostName, MissingFault, missingFault, TemplateFault, typeFault } from './fault';
import { characters, typeName } from './values';

/** The path as the author wrote it; called only where it leads nowhere. */
type PathText = () => string;

/**
 * `value.name` or `value['name']`: own keys of objects, nothing else. TEMPLATE_NAME,
 * TEMPLATE_TYPE.
 */
export function member(value: Json, name: string, path: PathText): Json {
  if (!isObject(value)) throw noMembersFault(value, name, path);
  if (Object.hasOwn(value, name)) return value[name]!;
  throw missingFault(name, path, () => didYouMean(name, Object.keys(value)));
}

/**
 * Null is a missing path, which the filter `default` catches; any other type is an error. `name`:
 * the member, null for a position.
 */
function noMembersFault(value: Json, name: string | null, path: PathText): Error {
  const message = () => `${path()}: ${typeName(value)} has no members`;
  const code = name !== null && isHostName(name) ? 'TEMPLATE_FORBIDDEN' : 'TEMPLATE_TYPE';
  if (value === null) return new MissingFault(code, message);
  return new TemplateFault(code, Array.isArray(value) ? `${message()}; an element is taken with \`[0]\`` : message());
}

/**
 * `value[index]`: a key of an object; a position, negative from the end, in an array or in a
 * string's characters.
 */
export function element(value: Json, index: Json, path: PathText, budget: Budget): Json {
  if (typeof index === 'string') return member(value, index, path);
  if (value === null) throw noMembersFault(value, null, path);
  if (!Array.isArray(value) && typeof value !== 'string') {
    throw typeFault(`${path()}: ${typeName(value)} cannot be indexed with ${typeName(index)}`);
  }
  if (typeof index !== 'bigint' && !Number.isInteger(index)) {
    throw typeFault(`${path()}: a position is an integer, not ${isNumber(index) ? 'a decimal' : typeName(index)}`);
  }
  const at = Number(index);
  const found = Array.isArray(value) ? value[at < 0 ? value.length + at : at] : character(value, at, budget);
  if (found === undefined) throw outOfRangeFault(path, at, typeName(value));
  return found;
}

/** The key that an index names: a negative position counts from the end. */
export function elementKey(value: Json, index: Json): string {
  if (typeof index === 'string') return index;
  if (typeof index !== 'number') return '';
  return `${Array.isArray(value) && index < 0 ? value.length + index : index}`;
}

const character = (text: string, index: number, budget: Budget): string | undefined =>
  characters(text, budget).at(index);

const outOfRangeFault = (path: PathText, index: number, type: string): MissingFault =>
  new MissingFault(
    'TEMPLATE_NAME',
    () => `Variable not found: ${path()}`,
    () => ` (position ${index} is outside the ${type})`,
  );
