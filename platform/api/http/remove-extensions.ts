import type { TProperties, TSchema } from '@sinclair/typebox';
import type { FastifySchema } from 'fastify';
import { withoutExtensions } from '../../../contract/extension';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Api } from './context';
import { compileRequestValidator } from './validation';

/**
 * Serves Attune's contract alone: extensions of requests are ignored as unknown keys are, and
 * responses have none.
 */
export function removeExtensions(api: Api): void {
  api.addHook('onRequest', (request, _reply, done) => {
    delete request.headers['idempotency-key'];
    done();
  });
  api.setValidatorCompiler(({ schema, httpPart }) => {
    const remove = compileExtensionRemover(schema as TSchema);
    const validate = compileRequestValidator(schema, httpPart);
    return (value) => validate(remove(value));
  });
  api.setSerializerCompiler(({ schema }) => {
    const remove = compileExtensionRemover(schema as TSchema);
    return (body) => writeJson(remove(body));
  });
}

type Remover = (value: unknown) => unknown;

const keep: Remover = (value) => value;

/** Returns the value of a schema without the keys that are marked as extensions, at any depth. */
function compileExtensionRemover(schema: TSchema): Remover {
  const removers = [...partsOf(schema), objectRemover(schema), itemRemover(schema)].filter(
    (remover) => remover !== keep,
  );
  return removers.length === 0 ? keep : (value) => removers.reduce((rest, remove) => remove(rest), value);
}

/** Of several alternatives all are applied: a key is an extension in each of them or in none. */
const partsOf = ({ anyOf, oneOf, allOf }: TSchema): Remover[] =>
  [anyOf, oneOf, allOf].flatMap((parts) => (parts as TSchema[] | undefined) ?? []).map(compileExtensionRemover);

function itemRemover({ items }: TSchema): Remover {
  const remove = items === undefined ? keep : compileExtensionRemover(items as TSchema);
  return remove === keep ? keep : (value) => (Array.isArray(value) ? value.map(remove) : value);
}

function objectRemover(schema: TSchema): Remover {
  const properties = (schema.properties ?? {}) as TProperties;
  const removers = new Map(Object.entries(properties).map(([name, part]) => [name, propertyRemover(part)]));
  if ([...removers.values()].every((remover) => remover === keep)) return keep;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const kept = Object.entries(value).flatMap(([name, part]): [string, unknown][] => {
      const remover = removers.get(name);
      return remover === null ? [] : [[name, remover ? remover(part) : part]];
    });
    return Object.fromEntries(kept);
  };
}

/** Null: the property is itself an extension. */
const propertyRemover = (schema: TSchema): Remover | null =>
  'extension' in schema ? null : compileExtensionRemover(schema);

/** A route's schemas as a platform without extensions documents them. */
export const plainRouteSchema = ({ response = {}, ...schema }: FastifySchema): FastifySchema => {
  const parts = (['body', 'querystring', 'params'] as const).filter((part) => schema[part] !== undefined);
  const plainParts = parts.map((part) => [part, withoutExtensions(schema[part] as TSchema)] as const);
  const responses = Object.entries(response as Record<string, TSchema>);
  const plainResponses = responses.map(([status, body]) => [status, withoutExtensions(body)] as const);
  return { ...schema, ...Object.fromEntries(plainParts), response: Object.fromEntries(plainResponses) };
};
