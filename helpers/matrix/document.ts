import { isObject, type Json, type JsonObject } from '../../contract/json';
import { send } from './send';

/** One operation of the served OpenAPI document. */
export interface Operation {
  /** `POST /api/v1/rules/{ref}/enable`. */
  readonly route: string;
  readonly isPublic: boolean;
  readonly grant: string | null;
  readonly lack: Json;
  readonly kinds: readonly string[];
  /** Names of what a query may say. */
  readonly query: readonly string[];
  /** Names of the body's own properties, of every form it may take. */
  readonly body: readonly string[];
}

/** What the platform at `baseUrl` says it serves. */
export async function operationsOf(baseUrl: string): Promise<Operation[]> {
  const { text } = await send(baseUrl, { method: 'GET', path: '/api-spec/openapi.json' }, null);
  const { paths = {} } = JSON.parse(text) as { paths?: Record<string, JsonObject> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, told]) =>
      isObject(told) ? [operationOf(`${method.toUpperCase()} ${path}`, told)] : [],
    ),
  );
}

function operationOf(route: string, told: JsonObject): Operation {
  const { security, parameters, requestBody } = told;
  const grant = told['x-required-grant'];
  const kinds = told['x-token-kinds'];
  return {
    route,
    isPublic: Array.isArray(security) && security.length === 0,
    grant: typeof grant === 'string' ? grant : null,
    lack: told['x-without-grant'] ?? null,
    kinds: Array.isArray(kinds) ? kinds.map(String) : [],
    query: listOf(parameters).flatMap(({ in: place, name }) =>
      place === 'query' && typeof name === 'string' ? [name] : [],
    ),
    body: isObject(requestBody) ? propertiesIn(requestBody) : [],
  };
}

const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function propertiesIn({ content }: JsonObject): string[] {
  const forms = isObject(content) ? Object.values(content).filter(isObject) : [];
  const schemas = forms.flatMap(({ schema }) => (isObject(schema) ? [schema, ...alternatives(schema)] : []));
  return [...new Set(schemas.flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : [])))];
}

const alternatives = (schema: JsonObject): JsonObject[] =>
  ['anyOf', 'oneOf', 'allOf'].flatMap((word) => listOf(schema[word]));
