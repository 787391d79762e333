import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { schemaProperties } from '../schema/flat-schema';
import { memberTaint, taintFromMembers, type Taint } from './taint';

/** What a schema, flat or classic, declares `secret: true`, at any depth. */
export const schemaTaint = (schema: JsonObject | null): Taint => propertiesTaint(schemaProperties(schema ?? {}));

const propertiesTaint = (properties: JsonObject): Taint =>
  taintFromMembers(Object.entries(properties).map(([name, property]) => [name, propertyTaint(property)]));

function propertyTaint(property: Json): Taint {
  if (!isObject(property)) return null;
  if (property.secret === true) return true;
  return isObject(property.properties) ? propertiesTaint(property.properties) : null;
}

/**
 * The parameter schema of a workflow: its action's, and from its definition's every property that
 * is or holds a secret. Secret in one of the two is secret.
 */
export function mergeParameterSchemas(
  actionSchema: JsonObject | null,
  definitionSchema: JsonObject | null,
): JsonObject | null {
  if (!isObject(definitionSchema)) return actionSchema;
  const declared = Object.entries(schemaProperties(definitionSchema)).filter(
    ([, property]) => propertyTaint(property) !== null,
  );
  return { ...schemaProperties(actionSchema ?? {}), ...Object.fromEntries(declared) };
}

/** Paths of tainted parameters that the schema does not declare secret: `token`, `db.password`. */
export const undeclaredSecretPaths = (schema: JsonObject | null, taint: Taint): string[] =>
  undeclaredPaths(taint, schemaTaint(schema), '');

export const undeclaredSecretsError = (paths: readonly string[]) => ({
  code: 'SECRET_PARAMETER',
  error: `Secret value cannot be assigned to non-secret parameter path(s): ${paths.join(', ')}`,
});

function undeclaredPaths(taint: Taint, declared: Taint, path: string): string[] {
  if (taint === null || typeof taint === 'number' || declared === true) return [];
  if (taint === true) return [path];
  return Object.entries(taint).flatMap(([key, inner]) =>
    undeclaredPaths(inner, memberTaint(declared, key), path === '' ? key : `${path}.${key}`),
  );
}
