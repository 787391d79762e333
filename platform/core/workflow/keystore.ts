import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { referencesTo, type References } from '../template/references';
import { joined, taintOf, type Taint } from '../template/taint';
import type { Definition, Task } from './types';

/** Names of keys that the expressions of a workflow take by `keystore.<name>`; `all` where they are computed. */
export function keystoreReferences({ tasks, outputMap }: Definition): References {
  const all = [...tasks.values()];
  return referencesTo('keystore', [outputMap, ...all.flatMap(textsOf)], all.flatMap(conditionsOf));
}

const textsOf = ({ action, input, withItems, next, permissionSetRefs, placement }: Task) => [
  ...[action, input, withItems, permissionSetRefs, placement],
  ...next.flatMap(({ publish }) => publish.map(({ value }) => value)),
];

const conditionsOf = ({ when, retry, next }: Task): string[] =>
  [when, retry?.onError ?? null, ...next.map((transition) => transition.when)].filter((text) => text !== null);

/** A key that expressions may take. */
export interface StoredKey {
  readonly ref: string;
  readonly name: string;
  /** In clear. */
  readonly value: Json;
}

/** Whether expressions that refer so may take a key of that ref and name. */
export const isReferred = (references: References, { ref, name }: Omit<StoredKey, 'value'>): boolean =>
  references === 'all' || references.has(name) || references.has(ref.split('.')[0]!);

/** The namespace `keystore`: keys by name, the later of two of one name, and by the segments of their refs. A name goes first. */
export function keystoreOfKeys(keys: readonly StoredKey[]): JsonObject {
  const byRef = keys.reduce<JsonObject>((tree, { ref, value }) => planted(tree, ref.split('.'), value), {});
  return { ...byRef, ...Object.fromEntries(keys.map(({ name, value }) => [name, value])) };
}

/** Which parts of that namespace are secret: the keys that are stored encrypted. */
export function secretsOfKeys(
  keys: readonly { readonly ref: string; readonly name: string; readonly encrypted: boolean }[],
): Taint {
  const secret = keys.filter(({ encrypted }) => encrypted);
  const byRef = secret.map(({ ref }) =>
    ref.split('.').reduceRight<Taint>((inner, segment) => taintOf([[segment, inner]]), true),
  );
  return [taintOf(secret.map(({ name }) => [name, true])), ...byRef].reduce(joined, null);
}

function planted(tree: JsonObject, [segment = '', ...rest]: readonly string[], value: Json): JsonObject {
  if (rest.length === 0) return { ...tree, [segment]: value };
  const inner = Object.hasOwn(tree, segment) ? tree[segment] : undefined;
  return { ...tree, [segment]: planted(isObject(inner) ? inner : {}, rest, value) };
}
