import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { wholePlaceholder } from '../rule-parameters/placeholders';
import { connectionRef } from './connections';
import { appendPointer, parsePointer } from './json-pointer';
import { isRedactionMarker, extractSecrets, insertSecrets } from './extract-secrets';
import { memberTaint, type Taint } from './taint';

/** One expression, or a reference to a key, is no secret: it says where the value is. */
const isReference = (value: Json): boolean =>
  (typeof value === 'string' && wholePlaceholder(value) !== null) || connectionRef(value) !== null;

/** A stored document as it may be shown: without the secrets in it. */
export function shownDocument(document: JsonObject, taint: Taint): JsonObject {
  const { document: redacted, secrets } = extractSecrets(document, taint);
  return insertSecrets(redacted, Object.fromEntries(Object.entries(secrets).filter(([, value]) => isReference(value))));
}

/** A stored value in the place of a marker. */
interface KeptValue {
  /** JSON pointer in the stored document. */
  readonly source: string;
  /** JSON pointer in what the caller gave. */
  readonly target: string;
}

interface RestoredDocument {
  readonly document: JsonObject;
  readonly kept: readonly KeptValue[];
}

interface Counterpart {
  readonly value: Json;
  readonly pointer: string;
}

/** What a caller gives, with the stored value wherever it gives the marker that it was shown. */
export function restoreSecrets(given: JsonObject, stored: JsonObject): RestoredDocument {
  const kept: KeptValue[] = [];
  const walk = (node: Json, counterpart: Counterpart | undefined, target: string): Json => {
    if (isRedactionMarker(node)) {
      if (counterpart === undefined) return node;
      kept.push({ source: counterpart.pointer, target });
      return counterpart.value;
    }
    if (Array.isArray(node)) {
      return node.map((part, index) => walk(part, elementOf(counterpart, node, index), appendPointer(target, index)));
    }
    if (!isObject(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, part]) => [
        key,
        walk(part, memberOf(counterpart, key), appendPointer(target, key)),
      ]),
    );
  };
  return { document: walk(given, { value: stored, pointer: '' }, '') as JsonObject, kept };
}

/** The same for a value of any kind. */
export const restoreValue = (given: Json, stored: Json): Json =>
  restoreSecrets({ value: given }, { value: stored }).document.value!;

const memberOf = (counterpart: Counterpart | undefined, key: string): Counterpart | undefined =>
  isObject(counterpart?.value) && Object.hasOwn(counterpart.value, key)
    ? { value: counterpart.value[key]!, pointer: appendPointer(counterpart.pointer, key) }
    : undefined;

/** The stored element of the same name; else that at the position, unless it has another place. */
function elementOf(
  counterpart: Counterpart | undefined,
  given: readonly Json[],
  index: number,
): Counterpart | undefined {
  if (counterpart === undefined || !Array.isArray(counterpart.value)) return undefined;
  const { value: elements, pointer } = counterpart;
  const name = nameOf(given[index]);
  const named = name === null ? -1 : elements.findIndex((element) => nameOf(element) === name);
  const position = named === -1 ? index : named;
  const element = elements[position];
  if (element === undefined) return undefined;
  const takenName = named === -1 ? nameOf(element) : null;
  if (takenName !== null && given.some((other) => nameOf(other) === takenName)) return undefined;
  return { value: element, pointer: appendPointer(pointer, position) };
}

const nameOf = (element: Json | undefined): string | null =>
  isObject(element) && typeof element.name === 'string' ? element.name : null;

interface KeptSecrets {
  readonly stored: JsonObject;
  readonly storedTaint: Taint;
  readonly kept: readonly KeptValue[];
  /** That of the document after the change. */
  readonly newTaint: Taint;
}

/** JSON pointers of stored secrets that a change keeps, and that would be shown from then on. */
export function disclosedSecrets({ stored, storedTaint, kept, newTaint }: KeptSecrets): string[] {
  const secrets = Object.entries(extractSecrets(stored, storedTaint).secrets).filter(
    ([, value]) => !isReference(value),
  );
  const targets = kept.flatMap(({ source, target }) =>
    secrets.flatMap(([secret]) => {
      if (isWithin(secret, source)) return [`${target}${secret.slice(source.length)}`];
      return isWithin(source, secret) ? [target] : [];
    }),
  );
  return [...new Set(targets)].filter((target) => !isSecretAt(newTaint, target));
}

const isWithin = (pointer: string, outer: string): boolean => pointer === outer || pointer.startsWith(`${outer}/`);

const isSecretAt = (taint: Taint, pointer: string): boolean =>
  parsePointer(pointer).reduce<Taint>((outer, key) => memberTaint(outer, key), taint) === true;
