import { isObject, type Json } from '../../../../../contract/json';

type TypeName = 'null' | 'bool' | 'number' | 'string' | 'array' | 'object';

export function typeOf(value: Json): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (isObject(value)) return 'object';
  if (typeof value === 'string') return 'string';
  return typeof value === 'boolean' ? 'bool' : 'number';
}

/** False are null, false, 0, an empty text, an empty list and an empty object. */
export function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== '' && value !== 0 && value !== 0n;
}

/** Without any conversion of types; 1 and 1.0 are one number. */
export function isEqual(left: Json, right: Json): boolean {
  if (typeOf(left) !== typeOf(right)) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((element, at) => isEqual(element, right[at]!));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    const hasAll = keys.every((key) => Object.hasOwn(right, key) && isEqual(left[key]!, right[key]!));
    return hasAll && keys.length === Object.keys(right).length;
  }
  // A bigint and a number of one value are equal to `==` alone.
  return typeOf(left) === 'number' ? !(left! < right!) && !(left! > right!) : left === right;
}

/** One outside the basic plane is one character. */
export const charactersOf = (text: string): string[] => Array.from(text);

/** By code point: negative, 0 or positive. */
export function compareTexts(left: string, right: string): number {
  const [a, b] = [charactersOf(left), charactersOf(right)];
  const at = a.findIndex((character, n) => character !== b[n]);
  if (at === -1) return a.length - b.length;
  return at >= b.length ? 1 : a[at]!.codePointAt(0)! - b[at]!.codePointAt(0)!;
}

/** Compact JSON. */
export function jsonText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`)
      .join(',')}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** A text is itself, any other value its JSON. */
export const textOf = (value: Json): string => (typeof value === 'string' ? value : jsonText(value));

export const byteCount = (text: string): number => new TextEncoder().encode(text).length;
