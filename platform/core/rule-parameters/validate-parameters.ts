import type { JsonObject } from '../../../contract/json';
import type { ValidationError } from '../schema/validator';
import { valueErrors } from '../schema/value-errors';

const TEMPLATE = /\{\{.*\}\}/s;

/**
 * The errors in a rule's parameters; each path starts with `root`. A text with a template in it is
 * valid for any type: its value is not known yet. A required parameter must be present, even if it
 * has a default. Formats are not checked.
 */
export const parameterErrors = (schema: JsonObject, parameters: JsonObject, root: string): ValidationError[] =>
  valueErrors(schema, parameters, root, (value) => !isTemplate(value));

const isTemplate = (value: unknown): boolean => typeof value === 'string' && TEMPLATE.test(value);
