import type { Static, TSchema } from '@sinclair/typebox';
import Ajv, { type ValidateFunction } from 'ajv';
import type { Json } from '../../../contract/json';
import { toValidationError, type ValidationError } from '../schema/validator';

const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false });
const compiled = new WeakMap<TSchema, ValidateFunction>();

/** A value that has the shape of a schema of the contract, or what it lacks. */
export function checkShape<S extends TSchema>(
  schema: S,
  value: Json,
): { readonly value: Static<S> } | { readonly faults: readonly ValidationError[] } {
  const validate = compiled.get(schema) ?? ajv.compile<Static<S>>(schema);
  compiled.set(schema, validate);
  const candidate: unknown = value;
  if (validate(candidate)) return { value: candidate as Static<S> };
  const faults = (validate.errors ?? []).map((error) => toValidationError(error, ''));
  return { faults: faults.map(({ path, message }) => ({ path: path.slice(1), message })) };
}
