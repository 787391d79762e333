import type { Json, JsonObject } from '../../../contract/json';
import { flatToJsonSchema, isJsonSchema } from './flat-schema';
import { compileValidator, uncheckedError, type ValidationError } from './validator';

/**
 * The errors in a value; each path starts with `root`. Formats are not checked. A schema that
 * cannot be compiled is an error of each value. `counts`: as for `compileValidator`.
 */
export function valueErrors(
  schema: JsonObject,
  value: Json,
  root: string,
  counts?: (value: unknown) => boolean,
): ValidationError[] {
  const jsonSchema = isJsonSchema(schema) ? schema : flatToJsonSchema(schema);
  try {
    return compileValidator(jsonSchema, { validateFormats: false, ...(counts && { counts }) })(value, root);
  } catch (error) {
    return [uncheckedError(error, root)];
  }
}
