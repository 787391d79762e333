import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { valueAt } from '../secrets/json-pointer';
import { isRedactionMarker, redact, unredact } from '../secrets/redact-json';
import { schemaTaint } from '../secrets/schema-taint';
import { wholePlaceholder } from './placeholders';

/** A text that is one expression is no secret: it says where the value is. */
const isExpression = (value: Json): boolean => typeof value === 'string' && wholePlaceholder(value) !== null;

/** The secrets that stored parameters contain, by JSON pointer. */
function secretsIn(parameters: JsonObject, schema: JsonObject | null): [string, Json][] {
  return Object.entries(redact(parameters, schemaTaint(schema)).secrets).filter(([, value]) => !isExpression(value));
}

/** Stored parameters as they may be shown: without what the schema declares secret. */
export function shownParameters(parameters: JsonObject, schema: JsonObject | null): JsonObject {
  const { document, secrets } = redact(parameters, schemaTaint(schema));
  return unredact(document, Object.fromEntries(Object.entries(secrets).filter(([, value]) => isExpression(value))));
}

/** What a caller gives, with the stored value wherever it gives the marker that it was shown. */
export function withStoredSecrets(given: JsonObject, stored: JsonObject): JsonObject {
  return restored(given, stored) as JsonObject;
}

function restored(given: Json, stored: Json | undefined): Json {
  if (isRedactionMarker(given)) return stored ?? given;
  if (Array.isArray(given)) {
    const elements = Array.isArray(stored) ? stored : [];
    return given.map((element, index) => restored(element, elements[index]));
  }
  if (!isObject(given)) return given;
  const members = isObject(stored) ? stored : {};
  const memberOf = (key: string) => (Object.hasOwn(members, key) ? members[key] : undefined);
  return Object.fromEntries(Object.entries(given).map(([key, member]) => [key, restored(member, memberOf(key))]));
}

interface ParameterChange {
  readonly stored: JsonObject;
  readonly schema: JsonObject | null;
  /** Of the caller; undefined: the stored ones stay. */
  readonly given: JsonObject | undefined;
  /** That of the action after the change. */
  readonly newSchema: JsonObject | null;
}

/** JSON pointers of stored secrets that a change would keep, and that would then be shown. */
export function disclosedSecrets({ stored, schema, given, newSchema }: ParameterChange): string[] {
  const isKept = (pointer: string) => given === undefined || isRedactionMarker(valueAt(given, pointer) ?? null);
  const stillSecret = new Set(secretsIn(stored, newSchema).map(([pointer]) => pointer));
  const isWithinSecret = (pointer: string) =>
    [...stillSecret].some((secret) => pointer === secret || pointer.startsWith(`${secret}/`));
  return secretsIn(stored, schema)
    .map(([pointer]) => pointer)
    .filter((pointer) => isKept(pointer) && !isWithinSecret(pointer));
}
