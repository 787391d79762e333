import Ajv, { type ValidateFunction } from 'ajv';
import type { Static, TSchema } from '@sinclair/typebox';

/** RFC 3339, UTC, at most microseconds: what the contract lets a timestamp be. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)$/;

const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': INSTANT } });
const compiled = new WeakMap<TSchema, ValidateFunction>();

function validatorOf(schema: TSchema): ValidateFunction {
  const known = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, known);
  return known;
}

export const matches = <S extends TSchema>(schema: S, value: unknown): value is Static<S> => validatorOf(schema)(value);

/** What is wrong with a value, with the path of each fault: `/data/id must be integer`. */
export function explain(schema: TSchema, value: unknown): string {
  const validate = validatorOf(schema);
  validate(value);
  return ajv.errorsText(validate.errors, { dataVar: '' });
}
