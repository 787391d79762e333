import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { referencesTo, type References } from '../template/references';
import { mergeTaints, taintFromMembers, type Taint } from '../secrets/taint';
import type { WorkflowDefinition, TaskDefinition } from './definition';

/**
 * Names of keys that a workflow's expressions read as `keystore.<name>`; `all` where a name is
 * computed.
 */
export function keystoreReferences({ tasks, outputMap }: WorkflowDefinition): References {
  const all = [...tasks.values()];
  return referencesTo('keystore', [outputMap, ...all.flatMap(templatesIn)], all.flatMap(conditionsIn));
}

const templatesIn = ({ action, input, withItems, next, permissionSetRefs, placement }: TaskDefinition) => [
  ...[action, input, withItems, permissionSetRefs, placement],
  ...next.flatMap(({ publish }) => publish.map(({ value }) => value)),
];

const conditionsIn = ({ when, retry, next }: TaskDefinition): string[] =>
  [when, retry?.onError ?? null, ...next.map((transition) => transition.when)].filter((text) => text !== null);

/** A key that expressions may read. */
export interface StoredKey {
  readonly ref: string;
  readonly name: string;
  /** In clear. */
  readonly value: Json;
}

/** Whether a key of that ref and name may be among the references. */
export const isReferenced = (references: References, { ref, name }: Omit<StoredKey, 'value'>): boolean =>
  references === 'all' || references.has(name) || references.has(ref.split('.')[0]!);

/**
 * The namespace `keystore`: keys by name, and by the segments of their refs. A later key of the
 * same name replaces an earlier one, and a name takes precedence over a ref.
 */
export function buildKeystore(keys: readonly StoredKey[]): JsonObject {
  const byRef = keys.reduce<JsonObject>((tree, { ref, value }) => insertAt(tree, ref.split('.'), value), {});
  return { ...byRef, ...Object.fromEntries(keys.map(({ name, value }) => [name, value])) };
}

/** The taint of that namespace: keys that are stored encrypted are secret. */
export function keystoreTaint(
  keys: readonly { readonly ref: string; readonly name: string; readonly encrypted: boolean }[],
): Taint {
  const secret = keys.filter(({ encrypted }) => encrypted);
  const byRef = secret.map(({ ref }) =>
    ref.split('.').reduceRight<Taint>((inner, segment) => taintFromMembers([[segment, inner]]), true),
  );
  return [taintFromMembers(secret.map(({ name }) => [name, true])), ...byRef].reduce(mergeTaints, null);
}

function insertAt(tree: JsonObject, [segment = '', ...rest]: readonly string[], value: Json): JsonObject {
  if (rest.length === 0) return { ...tree, [segment]: value };
  const inner = Object.hasOwn(tree, segment) ? tree[segment] : undefined;
  return { ...tree, [segment]: insertAt(isObject(inner) ? inner : {}, rest, value) };
}
