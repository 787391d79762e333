import type { JsonObject } from '../../../contract/json';
import { flatToJsonSchema, isJsonSchema } from '../schema/flat-schema';
import { compileValidator, toValidationError, UnusableSchemaError, type ValidationError } from '../schema/validator';

const TEMPLATE = /\{\{.*\}\}/s;

/**
 * The errors in a rule's parameters; each path starts with `root`. A text with a template in it is
 * valid for any type: its value is not known yet. A required parameter must be present, even if it
 * has a default. Formats are not checked.
 */
export function parameterErrors(schema: JsonObject, parameters: JsonObject, root: string): ValidationError[] {
  const jsonSchema = isJsonSchema(schema) ? schema : flatToJsonSchema(schema);
  try {
    const validate = compileValidator(jsonSchema, { verbose: true, validateFormats: false });
    if (validate(parameters)) return [];
    const errors = (validate.errors ?? []).filter(({ data }) => !isTemplate(data));
    return errors.map((error) => toValidationError(error, root));
  } catch (error) {
    if (error instanceof UnusableSchemaError) return [{ path: root, message: `cannot be checked: ${error.message}` }];
    throw error;
  }
}

const isTemplate = (value: unknown): boolean => typeof value === 'string' && TEMPLATE.test(value);
