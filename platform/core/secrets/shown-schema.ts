import type { JsonObject } from '../../../contract/json';
import { schemaValuesTaint } from './schema-values';
import { shownDocument } from './shown-document';

/** A stored schema as it may be shown: without the defaults of what it declares secret. */
export function shownSchema(schema: JsonObject): JsonObject;
export function shownSchema(schema: JsonObject | null): JsonObject | null;
export function shownSchema(schema: JsonObject | null): JsonObject | null {
  return schema && shownDocument(schema, schemaValuesTaint(schema));
}
