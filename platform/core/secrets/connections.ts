import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { schemaProperties, withDefaults } from '../schema/flat-schema';
import { appendPointer, parsePointer } from './json-pointer';
import { memberTaint, type Taint } from './taint';

/*
 * A reference to a key is `{ "$connection": "<ref>" }`. It is resolved only where it was written
 * by somebody who may read the key. Where that is, is known from the taint of the document, which
 * no data can set: an equal object that comes from data is data.
 */
const MEMBER = '$connection';

/** In place of the id of a key: the reference is one, and there is no key that it may read. */
export const NO_KEY = 0;

/** By JSON pointer of a reference: the id of the key that it may read, or NO_KEY. */
export type Connections = Readonly<Record<string, number>>;

/** The ref in an object that is a reference and nothing else; null for any other value. */
export function connectionRef(value: Json | undefined): string | null {
  if (!isObject(value) || Object.keys(value).length !== 1) return null;
  const ref = value[MEMBER];
  return typeof ref === 'string' ? ref : null;
}

/** Every object of a document that has the form of a reference: its ref by JSON pointer. */
export function findReferences(document: Json): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const visit = (node: Json, pointer: string): void => {
    const ref = connectionRef(node);
    if (ref !== null) found[pointer] = ref;
    else if (node !== null && typeof node === 'object')
      for (const [key, member] of Object.entries(node)) visit(member, appendPointer(pointer, key));
  };
  visit(document, '');
  return found;
}

/** References with the keys that they may read, by ref. */
export const connectionsOf = (
  references: Readonly<Record<string, string>>,
  keys: ReadonlyMap<string, number>,
): Connections =>
  Object.fromEntries(Object.entries(references).map(([pointer, ref]) => [pointer, keys.get(ref) ?? NO_KEY]));

/**
 * The references that were written before, with their keys where `readable` has the same, and
 * NO_KEY elsewhere. Where none was written is data, and one that read no key reads none.
 */
export const commonConnections = (written: Connections, readable: Connections): Connections =>
  Object.fromEntries(
    Object.entries(written)
      .filter(([pointer]) => Object.hasOwn(readable, pointer))
      .map(([pointer, key]) => [pointer, readable[pointer] === key ? key : NO_KEY]),
  );

/** The defaults that parameters take from their action's schema. */
export function appliedDefaults(schema: JsonObject | null, parameters: JsonObject | null): JsonObject {
  const complete = withDefaults(schema, parameters);
  const isDefault = (name: string) => (parameters?.[name] ?? null) === null;
  return Object.fromEntries(
    Object.keys(schemaProperties(schema ?? {}))
      .filter((name) => Object.hasOwn(complete, name) && isDefault(name))
      .map((name) => [name, complete[name]!]),
  );
}

/** The taint of a document with these references in it: none of them is a secret itself. */
export const withConnections = (taint: Taint, connections: Connections): Taint =>
  Object.entries(connections).reduce((marked, [pointer, key]) => markAt(marked, parsePointer(pointer), key), taint);

function markAt(taint: Taint, [key, ...rest]: readonly string[], id: number): Taint {
  if (key === undefined) return id;
  if (taint === true) return true;
  return { ...(typeof taint === 'object' ? taint : {}), [key]: markAt(memberTaint(taint, key), rest, id) };
}

/** The references that a taint marks. */
export function connectionsIn(taint: Taint): Connections {
  const found: Record<string, number> = {};
  const visit = (node: Taint, pointer: string): void => {
    if (typeof node === 'number') found[pointer] = node;
    else if (node !== null && node !== true)
      for (const [key, member] of Object.entries(node)) visit(member, appendPointer(pointer, key));
  };
  visit(taint, '');
  return found;
}

/** The taint with references to other keys: `keyOf` gives the id for an id. */
export function mapConnections(taint: Taint, keyOf: (id: number) => number): Taint {
  if (typeof taint === 'number') return keyOf(taint);
  if (taint === null || taint === true) return taint;
  return Object.fromEntries(Object.entries(taint).map(([key, member]) => [key, mapConnections(member, keyOf)]));
}
