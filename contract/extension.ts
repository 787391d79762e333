import {
  CloneType,
  type Static,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
} from '@sinclair/typebox';

/** A key that only a platform with this capability has; any other platform leaves it out. */
export interface Extension {
  readonly extension: string;
}

/**
 * Marks a key of a request or response as an extension of Attune's contract. Applied last: around
 * `Type.Optional`.
 */
export const extension = <T extends TSchema>(capability: string, schema: T): Extension & T =>
  CloneType(schema, { extension: capability }) as Extension & T;

type ReceivedProperties<P extends TProperties> = {
  [Name in keyof P]: P[Name] extends Extension ? TOptional<P[Name]> : P[Name];
};

type ReceivedSchema<S extends TSchema> = S extends TObject<infer P> ? TObject<ReceivedProperties<P>> : S;

/** A response as a client receives it from any platform: every extension may be missing. */
export type Received<S extends TSchema> = Static<ReceivedSchema<S>>;

const receivedSchemas = new WeakMap<TSchema, TSchema>();

/** What a client may require of a response: its extensions are optional, at any depth. */
export function receivedSchema<S extends TSchema>(schema: S): ReceivedSchema<S> {
  const known = receivedSchemas.get(schema) ?? rewriteObjects(schema, withOptionalExtensions);
  receivedSchemas.set(schema, known);
  return known as ReceivedSchema<S>;
}

/** What remains of a request or response without its extensions, at any depth. */
export const withoutExtensions = (schema: TSchema): TSchema => rewriteObjects(schema, withoutExtensionKeys);

/** The names of an object's own extensions. */
export const extensionKeys = ({ properties }: Pick<TObject, 'properties'>): string[] =>
  Object.keys(properties).filter((name) => 'extension' in properties[name]!);

function withOptionalExtensions(schema: TObject): TSchema {
  const extensions = extensionKeys(schema);
  return { ...schema, required: (schema.required ?? []).filter((name) => !extensions.includes(name)) };
}

function withoutExtensionKeys(schema: TObject): TSchema {
  const kept = Object.entries(schema.properties).filter(([, property]) => !('extension' in property));
  return { ...withOptionalExtensions(schema), properties: Object.fromEntries(kept) };
}

/** Applies a change to every object schema inside a schema, the innermost first. */
function rewriteObjects(schema: TSchema, rewrite: (schema: TObject) => TSchema): TSchema {
  const inner = (part: TSchema): TSchema => rewriteObjects(part, rewrite);
  const copy: TSchema = { ...schema };
  for (const list of ['anyOf', 'allOf', 'oneOf'] as const)
    if (Array.isArray(schema[list])) copy[list] = (schema[list] as TSchema[]).map(inner);
  if (isSchema(schema.items)) copy.items = inner(schema.items);
  if (!isSchema(schema.properties)) return copy;
  const properties = Object.entries(schema.properties as TProperties).map(
    ([name, part]) => [name, inner(part)] as const,
  );
  return rewrite({ ...copy, properties: Object.fromEntries(properties) } as TObject);
}

const isSchema = (value: unknown): value is TSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
