import Ajv, { type ValidateFunction } from 'ajv';
import type { Api } from '../../../platform/api/http/context';

/** Closed objects: a key that the schema does not name is a difference too. */
const closeObjects = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, part]) => [key, closeObjects(part)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
};

const ajv = new Ajv({
  strict: false,
  validateFormats: false,
  validateSchema: false,
  allErrors: true,
  code: { optimize: false }, // most validators are used once
});
/** By the schemas of the routes: compiling one takes longer than a request. */
const validators = new WeakMap<object, ValidateFunction>();

function validatorOf(schema: object): ValidateFunction {
  const validate = validators.get(schema) ?? ajv.compile(closeObjects(schema) as object);
  validators.set(schema, validate);
  return validate;
}

/** Every answer that has a schema is held to it: one that differs becomes a 500 saying how. */
export function checkResponses(api: Api): void {
  api.addHook('preSerialization', (request, reply, payload, done) => {
    const schemas = (request.routeOptions.schema?.response ?? {}) as Record<string, object | undefined>;
    const schema = schemas[reply.statusCode];
    if (schema === undefined) return done(null, payload);
    const serialized: unknown = JSON.parse(JSON.stringify(payload));
    const validate = validatorOf(schema);
    if (validate(serialized)) return done(null, payload);
    const differences = `${request.method} ${request.url} differs from its schema: ${ajv.errorsText(validate.errors)}`;
    reply.code(599);
    return done(null, { differences });
  });
}
