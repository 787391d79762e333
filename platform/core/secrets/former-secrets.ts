import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { schemaProperties } from '../schema/flat-schema';

/**
 * A schema, flat or classic, that declares secret also what former ones of its parameters did:
 * what was stored under them stays secret.
 */
export const withFormerSecrets = (schema: JsonObject | null, formers: readonly JsonObject[]): JsonObject | null =>
  formers.length === 0
    ? schema
    : {
        type: 'object',
        properties: formers.map(schemaProperties).reduce(mergedMembers, schemaProperties(schema ?? {})),
      };

const mergedMembers = (properties: JsonObject, formers: JsonObject): JsonObject => ({
  ...properties,
  ...Object.fromEntries(
    Object.entries(formers).map(([name, former]) => [
      name,
      mergedProperty(Object.hasOwn(properties, name) ? properties[name] : undefined, former),
    ]),
  ),
});

function mergedProperty(property: Json | undefined, former: Json): Json {
  if (!isObject(former)) return property ?? former;
  const declared = isObject(property) ? property : {};
  const { properties, items } = former;
  return {
    ...declared,
    ...(former.secret === true && { secret: true }),
    ...(isObject(properties) && {
      properties: mergedMembers(isObject(declared.properties) ? declared.properties : {}, properties),
    }),
    ...(items !== undefined && { items: mergedProperty(declared.items, items) }),
  };
}
