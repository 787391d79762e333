import type { ErrorObject } from 'ajv';
import type { Json, JsonObject } from '../../../contract/json';
import { flatToJsonSchema, isJsonSchema } from './flat-schema';
import { compileValidator, toValidationError, uncheckedError, type ValidationError } from './validator';

/**
 * The errors in a value; each path starts with `root`. Formats are not checked. `counts`: whether
 * an error is one; by default each is.
 */
export function valueErrors(
  schema: JsonObject,
  value: Json,
  root: string,
  counts: (error: ErrorObject) => boolean = () => true,
): ValidationError[] {
  const jsonSchema = isJsonSchema(schema) ? schema : flatToJsonSchema(schema);
  try {
    const validate = compileValidator(jsonSchema, { verbose: true, validateFormats: false });
    return validate(value)
      .filter(counts)
      .map((error) => toValidationError(error, root));
  } catch (error) {
    return [uncheckedError(error, root)];
  }
}
