import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import type { WorkflowInputs } from '../../../../contract/workflows';
import { flatToJsonSchema, isJsonSchema, withDefaults } from '../../schema/flat-schema';
import { findReferences } from '../../secrets/connections';
import { appendPointer } from '../../secrets/json-pointer';
import { compileValidator, describeErrors, UnusableSchemaError, type ValidationError } from '../../schema/validator';

const ROOT = '/inputs';

export interface InputError {
  readonly code: 'INPUT_ENVELOPE_INVALID' | 'INPUT_REQUIRED' | 'INPUT_SCHEMA_VIOLATION';
  readonly message: string;
  readonly hint: string;
  /** JSON pointers into the request, sorted. */
  readonly errors: readonly ValidationError[];
}

/** What a revision declares about its inputs. */
export interface DeclaredInputs {
  readonly schema: JsonObject | null;
  /** The variables with their first values. */
  readonly variables: JsonObject;
}

/** The inputs of a request, checked against what the revision declares; defaults are not added. */
export function readInputs(inputs: Json | undefined, declared: DeclaredInputs): WorkflowInputs | InputError {
  const envelope = readInputsEnvelope(inputs);
  if ('code' in envelope) return envelope;
  const { data, variables } = envelope;
  const errors = [...dataErrors(data, declared.schema, `${ROOT}/data`), ...variableErrors(variables ?? {}, declared)];
  if (errors.length === 0) return envelope;
  const sorted = errors.sort((a, b) => (a.path < b.path ? -1 : 1));
  const areMissing = sorted.every(({ message }) => message === 'is required');
  return {
    code: areMissing ? 'INPUT_REQUIRED' : 'INPUT_SCHEMA_VIOLATION',
    message: describeErrors(sorted),
    hint: areMissing ? 'add what is missing' : 'send what the schema of the parameters and the variables declare',
    errors: sorted,
  };
}

/** Why data cannot be validated against the schema; null where it can. */
export function schemaFault(schema: JsonObject | null): string | null {
  try {
    compileSchema(schema ?? {});
    return null;
  } catch (error) {
    if (error instanceof UnusableSchemaError) return error.reason;
    throw error;
  }
}

/** The form of the inputs alone; paths start with `/inputs`. */
export function readInputsEnvelope(inputs: Json | undefined): WorkflowInputs | InputError {
  if (!isObject(inputs) || !isObject(inputs.data)) return envelopeError(ROOT, 'must be an object with the object data');
  const { data, variables, ...rest } = inputs;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return envelopeError(appendPointer(ROOT, unknown), 'is neither data nor variables');
  if (variables === undefined) return { data };
  return isObject(variables) ? { data, variables } : envelopeError(`${ROOT}/variables`, 'must be an object');
}

const envelopeError = (path: string, message: string): InputError => ({
  code: 'INPUT_ENVELOPE_INVALID',
  message: `${path} ${message}`,
  hint: 'use {"inputs": {"data": {"name": "value"}, "variables": {}}}',
  errors: [{ path, message }],
});

/**
 * The errors in parameters, completed with the defaults; each path starts with `root`. A reference
 * to a key stands for a value of any type: the value is not known yet.
 */
export function dataErrors(data: JsonObject, schema: JsonObject | null, root: string): ValidationError[] {
  const complete = withDefaults(schema, data);
  const errors = compileSchema(schema ?? {})(complete, root);
  if (errors.length === 0) return [];
  const references = Object.keys(findReferences(complete)).map((pointer) => `${root}${pointer}`);
  return errors.filter(({ path }) => !references.some((of) => path === of || path.startsWith(`${of}/`)));
}

const compileSchema = (schema: JsonObject) =>
  compileValidator(isJsonSchema(schema) ? schema : flatToJsonSchema(schema));

const variableErrors = (values: JsonObject, { variables }: DeclaredInputs): ValidationError[] =>
  Object.keys(values)
    .filter((name) => !Object.hasOwn(variables, name))
    .map((name) => ({ path: appendPointer(`${ROOT}/variables`, name), message: 'is no variable of the workflow' }));
