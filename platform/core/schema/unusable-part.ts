import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { FORBIDDEN_NAMES } from '../data/forbidden-names';
import { appendPointer } from '../secrets/json-pointer';
import { isJsonSchema } from './flat-schema';
import { DATA_KEYWORDS } from './schema-graph';
import { schemaLimit } from './schema-limit';

/** A part of a schema for which it is not stored. */
export interface UnusablePart {
  readonly reason: 'KEY_FORBIDDEN' | 'SECRET_WITHOUT_EFFECT' | 'SCHEMA_LIMIT';
  /** Its JSON pointer. */
  readonly path: string;
  /** What is wrong, and what would be right. It contains no value. */
  readonly why: string;
}

/**
 * The first part of a schema, flat or classic, that exceeds a limit, that has a forbidden name, or
 * that declares a secret where the platform reads none: the value would be stored and shown in
 * clear. `ofValue`: the schema is one of any value, and may be secret as a whole.
 */
export const unusablePart = (schema: JsonObject, { ofValue = false } = {}): UnusablePart | null =>
  schemaLimit(schema) ?? forbiddenName(schema) ?? (ofValue ? unreadSecretOfValue(schema) : unreadSecretOfMap(schema));

/** Of the schema of a response to an inquiry, or of an item. */
function unreadSecretOfValue(schema: JsonObject): UnusablePart | null {
  const unread = secretOfProperty(schema, '');
  const isFlat = !isJsonSchema(schema) && Object.values(schema).every(isObject);
  return isFlat && unread ? secretOfMembers(schema, '') : unread;
}

function unreadSecretOfMap(schema: JsonObject): UnusablePart | null {
  if (!isJsonSchema(schema)) return secretOfMembers(schema, '');
  return schema.secret === true
    ? withoutEffect('', 'declare each of its properties secret')
    : secretOfProperty(schema, '');
}

const forbiddenName = (schema: JsonObject): UnusablePart | null =>
  isJsonSchema(schema) ? forbiddenIn(schema, '') : forbiddenOfMembers(schema, '');

/** Of names that a schema declares: each of them is a name, also where a keyword is called so. */
const forbiddenOfMembers = (members: JsonObject, path: string): UnusablePart | null =>
  firstOf(Object.entries(members), ([name, member]) => {
    const at = appendPointer(path, name);
    return FORBIDDEN_NAMES.has(name)
      ? { reason: 'KEY_FORBIDDEN', path: at, why: 'nothing may have this name' }
      : forbiddenIn(member, at);
  });

/** At any depth, and in each keyword that is no data. */
function forbiddenIn(value: Json, path: string): UnusablePart | null {
  if (typeof value !== 'object' || value === null) return null;
  const members = Object.entries(value).filter(([keyword]) => Array.isArray(value) || !DATA_KEYWORDS.has(keyword));
  return firstOf(members, ([keyword, member]) => {
    const at = appendPointer(path, keyword);
    return keyword === 'properties' && isObject(member) ? forbiddenOfMembers(member, at) : forbiddenIn(member, at);
  });
}

const secretOfMembers = (properties: JsonObject, path: string): UnusablePart | null =>
  firstOf(Object.entries(properties), ([name, property]) => secretOfProperty(property, appendPointer(path, name)));

/** `properties` and `items` are read at any depth, and no other keyword. */
function secretOfProperty(property: Json, path: string): UnusablePart | null {
  if (!isObject(property)) return null;
  const { secret = null } = property;
  if (secret !== null && typeof secret !== 'boolean')
    return { reason: 'SECRET_WITHOUT_EFFECT', path: `${path}/secret`, why: 'must be true or false' };
  return firstOf(Object.entries(property), ([keyword, value]) => {
    const at = appendPointer(path, keyword);
    if (DATA_KEYWORDS.has(keyword)) return null;
    if (keyword === 'properties' && isObject(value)) return secretOfMembers(value, at);
    return keyword === 'items' && isObject(value) ? secretOfProperty(value, at) : unreadSecret(value, at);
  });
}

function unreadSecret(value: Json, path: string): UnusablePart | null {
  if (typeof value !== 'object' || value === null) return null;
  if (isObject(value) && value.secret === true)
    return withoutEffect(path, 'declare the property secret that it is a part of');
  return firstOf(Object.entries(value), ([key, member]) => unreadSecret(member, appendPointer(path, key)));
}

const withoutEffect = (path: string, advice: string): UnusablePart => ({
  reason: 'SECRET_WITHOUT_EFFECT',
  path: `${path}/secret`,
  why: `has no effect here: ${advice}`,
});

/** The first result that is not null. */
function firstOf<T>(values: readonly T[], find: (value: T) => UnusablePart | null): UnusablePart | null {
  for (const value of values) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}
