import Ajv, { type ValidateFunction } from 'ajv';
import type { Static, TSchema } from '@sinclair/typebox';
import { parseJsonText } from '../../../../contract/json-text/parse-json-text';

/** `validateSchema: false`: a test checks the schemas of the contract. */
const ajv = new Ajv({ strict: false, validateSchema: false });
const compiled = new WeakMap<TSchema, ValidateFunction>();

/** Why a value is not of the schema; null: it is. */
export function faultOf(schema: TSchema, value: unknown): string | null {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: '' });
}

/** The message of a WebSocket frame. Null: it is no JSON, or not of the schema. */
export function parseMessage<S extends TSchema>(schema: S, text: string): Static<S> | null {
  try {
    const value: unknown = parseJsonText(text);
    return faultOf(schema, value) === null ? value : null;
  } catch {
    return null; // it may contain a secret: that it is refused is all that is reported
  }
}
