import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { flatToJsonSchema } from '../schema/flat-schema';
import { compileValidator, UnusableSchemaError, type ValidationError } from '../schema/validator';
import { isDate, isInstant } from './dates';

/** Why responses cannot be validated against the schema; null where they can. */
export function responseSchemaError(schema: JsonObject): string | null {
  if ('$async' in schema) return '$async is not allowed';
  try {
    compileResponseSchema(schema);
    return null;
  } catch (error) {
    if (error instanceof UnusableSchemaError) return error.reason;
    throw error;
  }
}

/** The errors in a response; paths start with `response`. Throws UnusableSchemaError. */
export const responseErrors = (schema: JsonObject, response: Json): ValidationError[] =>
  compileResponseSchema(schema)(response, 'response');

const compileResponseSchema = (schema: JsonObject) =>
  compileValidator(isFlatSchema(schema) ? flatToJsonSchema(schema) : schema, { formats: FORMATS });

/**
 * A response schema may describe any value, so it needs no `type`. A flat one maps names to
 * property objects and has nothing else in it; a JSON Schema has keywords among its keys.
 */
function isFlatSchema(schema: JsonObject): boolean {
  const { properties } = schema;
  const isPropertyList = isObject(properties) && typeof properties.type !== 'string';
  const values = Object.values(schema);
  return values.length > 0 && values.every(isObject) && !isPropertyList;
}

/** Other formats are not checked. */
const FORMATS = { date: isDate, 'date-time': isInstant };
