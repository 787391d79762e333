import { REDACTED, isObject, type Json, type JsonObject } from '../../../contract/json';
import { appendPointer, parsePointer } from './json-pointer';
import { memberTaint, type Taint } from './taint';

/** Removed secrets by JSON pointer: `/variables/token`, the empty text for the whole document. */
export type SecretsByPointer = Readonly<Record<string, Json>>;

interface Extracted<T extends Json = Json> {
  /** The document with REDACTED in the place of each secret: it may be stored and shown. */
  readonly document: T;
  readonly secrets: SecretsByPointer;
}

/** True for REDACTED itself. A document with more in it than the marker may hold a secret. */
export const isRedactionMarker = (value: Json | undefined): boolean =>
  isObject(value) &&
  Object.keys(value).length === Object.keys(REDACTED).length &&
  Object.entries(REDACTED).every(([key, mark]) => value[key] === mark);

/**
 * Removes what the taint marks. Null and a marker are no secrets: neither has a value to remove.
 */
export function extractSecrets(document: JsonObject, taint: Taint): Extracted<JsonObject>;
export function extractSecrets(document: Json, taint: Taint): Extracted;
export function extractSecrets(document: Json, taint: Taint): Extracted {
  const secrets: Record<string, Json> = {};
  const walk = (node: Json, nodeTaint: Taint, pointer: string): Json => {
    if (nodeTaint === null || typeof nodeTaint === 'number') return node;
    if (node === null || isRedactionMarker(node)) return node;
    if (nodeTaint === true) {
      secrets[pointer] = node;
      return REDACTED;
    }
    if (typeof node !== 'object') return node;
    const walkMember = (key: string | number, member: Json): Json =>
      walk(member, memberTaint(nodeTaint, key), appendPointer(pointer, key));
    if (Array.isArray(node)) return node.map((element, index) => walkMember(index, element));
    return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, walkMember(key, member)]));
  };
  return { document: walk(document, taint, ''), secrets };
}

/** Puts removed secrets back. A pointer that leads nowhere in the document is ignored. */
export function insertSecrets(document: JsonObject, secrets: SecretsByPointer): JsonObject;
export function insertSecrets(document: Json, secrets: SecretsByPointer): Json;
export function insertSecrets(document: Json, secrets: SecretsByPointer): Json {
  return Object.entries(secrets).reduce(
    (restored, [pointer, value]) => replaceAt(restored, parsePointer(pointer), value),
    document,
  );
}

function replaceAt(node: Json, [key, ...rest]: readonly string[], value: Json): Json {
  if (key === undefined) return value;
  if (Array.isArray(node)) {
    return node.map((element, index) => (String(index) === key ? replaceAt(element, rest, value) : element));
  }
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, member]) => [name, name === key ? replaceAt(member, rest, value) : member]),
  );
}

/** The taint of a document with these secrets in it: each is secret as a whole. */
export const secretsTaint = (secrets: SecretsByPointer): Taint =>
  Object.keys(secrets).reduce<Taint>((taint, pointer) => markAt(taint, parsePointer(pointer)), null);

function markAt(taint: Taint, [key, ...rest]: readonly string[]): Taint {
  if (key === undefined || taint === true) return true;
  return { ...(typeof taint === 'object' ? taint : {}), [key]: markAt(memberTaint(taint, key), rest) };
}
