import { isObject, type Json } from '../../../contract/json';

const INDEX = /^\d+$/;

/**
 * The part of a document that these segments of a path name: own members of objects and positions
 * of lists. Undefined where there is none; other values have no members.
 */
export function valueAtPath(document: Json | undefined, segments: readonly string[]): Json | undefined {
  let value = document;
  for (const segment of segments) {
    if (Array.isArray(value)) value = INDEX.test(segment) ? value[Number(segment)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
  }
  return value;
}
