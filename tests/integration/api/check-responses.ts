import Ajv from 'ajv';
import type { Api } from '../../../platform/api/http/context';

/** Closed objects: a key that the schema does not name is a difference too. */
const closeObjects = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, part]) => [key, closeObjects(part)] as const);
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
};

/** Every answer that has a schema is held to it: one that differs becomes a 500 saying how. */
export function checkResponses(api: Api): void {
  api.addHook('preSerialization', (request, reply, payload, done) => {
    const schemas = (request.routeOptions.schema?.response ?? {}) as Record<string, unknown>;
    const schema = schemas[reply.statusCode];
    if (schema === undefined) return done(null, payload);
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const serialized: unknown = JSON.parse(JSON.stringify(payload));
    if (ajv.validate(closeObjects(schema) as object, serialized)) return done(null, payload);
    const differences = `${request.method} ${request.url} differs from its schema: ${ajv.errorsText()}`;
    reply.code(599);
    return done(null, { differences });
  });
}
