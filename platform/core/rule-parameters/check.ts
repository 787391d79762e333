import type { ErrorObject } from 'ajv';
import type { JsonObject } from '../../../contract/json';
import { compileSchema, SchemaUnusable } from '../schema/compile';

/** What of a rule's parameters is not as the schema says: where, then what would be right. */
export type ParameterFault = { readonly path: string; readonly message: string };

const TEMPLATE = /\{\{.*\}\}/s;

/**
 * Every fault of a rule's parameters; `path` starts with `root`. A text with a template in it passes for any type, as what
 * it leads to is not known yet. A required parameter must be there, whatever its default.
 */
export function parameterFaults(schema: JsonObject, parameters: JsonObject, root: string): ParameterFault[] {
  try {
    const check = compileSchema(schema);
    if (check(parameters)) return [];
    return (check.errors ?? []).filter((error) => !isTemplate(error.data)).map((error) => faultOf(error, root));
  } catch (error) {
    if (error instanceof SchemaUnusable) return [{ path: root, message: `cannot be checked: ${error.message}` }];
    throw error;
  }
}

const isTemplate = (value: unknown): boolean => typeof value === 'string' && TEMPLATE.test(value);

function faultOf({ instancePath, keyword, params, message }: ErrorObject, root: string): ParameterFault {
  if (keyword === 'required') {
    return { path: `${root}${instancePath}/${String(params.missingProperty)}`, message: 'is required' };
  }
  const right = keyword === 'enum' ? `must be one of ${JSON.stringify(params.allowedValues)}` : message;
  return { path: `${root}${instancePath}`, message: right ?? 'is not as it must be' };
}
