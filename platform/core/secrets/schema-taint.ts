import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { schemaProperties } from '../schema/flat-schema';
import { mergeTaints, taintFromMembers, type Taint } from './taint';

/**
 * What a schema, flat or classic, declares `secret: true`, at any depth of the value. Without the
 * value, a list whose elements hold a secret is secret as a whole.
 */
export const schemaTaint = (schema: JsonObject | null, value?: Json): Taint =>
  propertiesTaint(schemaProperties(schema ?? {}), value);

/**
 * What an action declares secret of its output: of an object, or of each element of a list, which
 * has a schema of type array or that of an element.
 */
export const outputTaint = (schema: JsonObject | null): Taint =>
  schema?.type === 'array' ? propertyTaint(schema.items) : schemaTaint(schema);

const propertiesTaint = (properties: JsonObject, value: Json | undefined): Taint =>
  taintFromMembers(
    Object.entries(properties).map(([name, property]) => [name, propertyTaint(property, memberOf(value, name))]),
  );

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** The taint of a value of this property. */
export function propertyTaint(property: Json | undefined, value?: Json): Taint {
  if (!isObject(property)) return null;
  if (property.secret === true) return true;
  const members = isObject(property.properties) ? propertiesTaint(property.properties, value) : null;
  return mergeTaints(members, elementsTaint(property.items, value));
}

function elementsTaint(items: Json | undefined, value: Json | undefined): Taint {
  if (Array.isArray(value))
    return taintFromMembers(value.map((element, index) => [index, propertyTaint(items, element)]));
  return value === undefined && propertyTaint(items) !== null ? true : null;
}

/**
 * The schema of the parameters, or the output, of a workflow: the stored one, and from that of its
 * definition every property that is or holds a secret. Secret in one of the two is secret.
 */
export function withDeclaredSecrets(stored: JsonObject | null, ofDefinition: Json | undefined): JsonObject | null {
  if (!isObject(ofDefinition)) return stored;
  const declared = Object.entries(schemaProperties(ofDefinition)).filter(
    ([, property]) => propertyTaint(property) !== null,
  );
  return { ...schemaProperties(stored ?? {}), ...Object.fromEntries(declared) };
}

/** Paths of tainted parameters that the schema does not declare secret: `token`, `db.password`. */
export const undeclaredSecretPaths = (schema: JsonObject | null, taint: Taint): string[] =>
  undeclaredPaths(taint, { properties: schemaProperties(schema ?? {}) }, '');

export const undeclaredSecretsError = (paths: readonly string[]) => ({
  code: 'SECRET_PARAMETER',
  error: `Secret value cannot be assigned to non-secret parameter path(s): ${paths.join(', ')}`,
});

function undeclaredPaths(taint: Taint, property: Json | undefined, path: string): string[] {
  const declared = isObject(property) ? property : {};
  if (taint === null || typeof taint === 'number' || declared.secret === true) return [];
  if (taint === true) return [path];
  return Object.entries(taint).flatMap(([key, inner]) =>
    undeclaredPaths(inner, memberProperty(declared, key), path === '' ? key : `${path}.${key}`),
  );
}

/** What is declared of a member, or of the elements of a list. */
function memberProperty({ properties, items }: JsonObject, key: string): Json | undefined {
  const member = memberOf(properties, key);
  return member === undefined && /^\d+$/.test(key) ? items : member;
}
