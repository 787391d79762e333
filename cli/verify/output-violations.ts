import type { Json, JsonObject } from '../../contract/json';
import { flatToJsonSchema, isJsonSchema } from '../../platform/core/schema/flat-schema';
import { compileValidator, toValidationError } from '../../platform/core/schema/validator';
import type { Violation } from './receipt';

/** Where an output violates the schema that its workflow declares. */
export function outputViolations(schema: JsonObject | null, output: Json): Violation[] {
  if (schema === null) return [];
  const validate = compileValidator(isJsonSchema(schema) ? schema : flatToJsonSchema(schema), {});
  return validate(output).map((error) => toValidationError(error, ''));
}
