import { isObject, type Json } from '../../../contract/json';

/** JSON pointers (RFC 6901): `/tasks/2/next`, the empty text for the whole document. */

/** The pointer of a member or element of what `pointer` names. */
export const appendPointer = (pointer: string, key: string | number): string =>
  `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The keys that a pointer names, from the outside in; positions of a list in decimal. */
export const parsePointer = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value that a pointer leads to; undefined where it leads nowhere. */
export const valueAt = (document: Json, pointer: string): Json | undefined =>
  parsePointer(pointer).reduce<Json | undefined>((node, key) => {
    if (Array.isArray(node)) return node[Number(key)];
    return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
  }, document);
