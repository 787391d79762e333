import type { Json, JsonObject } from '../../../../contract/json';
import { isRedactionMarker, insertSecrets } from '../../secrets/extract-secrets';
import { appendPointer } from '../../secrets/json-pointer';
import { secretsTaint } from '../../secrets/extract-secrets';
import type { Taint } from '../../secrets/taint';
import { explain, NOTHING_KNOWN } from '../compile/explain';
import type { WorkflowDefinition } from '../definition';

/** In place of a secret: a replay does not unseal any. */
const PLACEHOLDER = '[secret]';

/** A document with a placeholder for each secret, and where they are. */
export interface Sealed<T extends Json = Json> {
  readonly document: T;
  readonly taint: Taint;
}

export function withPlaceholders(document: JsonObject): Sealed<JsonObject>;
export function withPlaceholders(document: Json): Sealed;
export function withPlaceholders(document: Json): Sealed {
  const places = Object.fromEntries(markersIn(document, '').map((pointer) => [pointer, PLACEHOLDER]));
  return { document: insertSecrets(document, places), taint: secretsTaint(places) };
}

/** JSON pointers of the markers of secrets. */
function markersIn(node: Json, pointer: string): string[] {
  if (isRedactionMarker(node)) return [pointer];
  if (node === null || typeof node !== 'object') return [];
  return Object.entries(node).flatMap(([key, member]) => markersIn(member, appendPointer(pointer, key)));
}

const KEYSTORE_PATH = /^keystore((\.\w+|\['[^']*'\])+)$/;
const PATH_SEGMENT = /\.(\w+)|\['([^']*)'\]/g;

/** A placeholder for each key that the expressions of a definition name. */
export function keystorePlaceholders(definition: WorkflowDefinition): JsonObject {
  const { tasks, output } = explain(definition, NOTHING_KNOWN);
  const templates = [...tasks.flatMap((task) => task.templates), ...output];
  const paths = templates.flatMap(({ reads }) => reads.flatMap((path) => KEYSTORE_PATH.exec(path)?.[1] ?? []));
  return paths.reduce<JsonObject>((keys, path) => insertAt(keys, segmentsOf(path)), {});
}

const segmentsOf = (path: string): string[] =>
  Array.from(path.matchAll(PATH_SEGMENT), ([, name, quoted]) => name ?? quoted ?? '');

/** A key that is read as a whole and by its members keeps the members. */
function insertAt(tree: JsonObject, [segment = '', ...rest]: readonly string[]): JsonObject {
  const inner = Object.hasOwn(tree, segment) ? tree[segment] : undefined;
  const members = typeof inner === 'object' ? (inner as JsonObject) : {};
  if (rest.length === 0) return { ...tree, [segment]: inner ?? PLACEHOLDER };
  return { ...tree, [segment]: insertAt(members, rest) };
}
