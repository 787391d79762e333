import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import { sendRequest } from './send-request';

/** One operation of the served OpenAPI document. */
export interface DocumentedOperation {
  /** `POST /api/v1/rules/{ref}/enable`. */
  readonly route: string;
  readonly isPublic: boolean;
  readonly grant: string | null;
  readonly withoutGrant: Json;
  readonly tokenKinds: readonly string[];
  /** Names of the query parameters. */
  readonly query: readonly string[];
  /** Names of the body's properties, in all alternatives of its schema. */
  readonly body: readonly string[];
}

/** The operations in the OpenAPI document of the platform at `baseUrl`. */
export async function readOperations(baseUrl: string): Promise<DocumentedOperation[]> {
  const { text } = await sendRequest(baseUrl, { method: 'GET', path: '/api-spec/openapi.json' }, null);
  return parseOperations(text);
}

/** The operations in the text of an OpenAPI document. */
export function parseOperations(text: string): DocumentedOperation[] {
  const { paths = {} } = JSON.parse(text) as { paths?: Record<string, JsonObject> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, description]) =>
      isObject(description) ? [toOperation(`${method.toUpperCase()} ${path}`, description)] : [],
    ),
  );
}

function toOperation(route: string, description: JsonObject): DocumentedOperation {
  const { security, parameters, requestBody } = description;
  const grant = description['x-required-grant'];
  const kinds = description['x-token-kinds'];
  return {
    route,
    isPublic: Array.isArray(security) && security.length === 0,
    grant: typeof grant === 'string' ? grant : null,
    withoutGrant: description['x-without-grant'] ?? null,
    tokenKinds: Array.isArray(kinds) ? kinds.map(String) : [],
    query: objectsIn(parameters).flatMap(({ in: place, name }) =>
      place === 'query' && typeof name === 'string' ? [name] : [],
    ),
    body: isObject(requestBody) ? bodyProperties(requestBody) : [],
  };
}

const objectsIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function bodyProperties({ content }: JsonObject): string[] {
  const forms = isObject(content) ? Object.values(content).filter(isObject) : [];
  const schemas = forms.flatMap(({ schema }) => (isObject(schema) ? [schema, ...alternativeSchemas(schema)] : []));
  return [...new Set(schemas.flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : [])))];
}

const alternativeSchemas = (schema: JsonObject): JsonObject[] =>
  ['anyOf', 'oneOf', 'allOf'].flatMap((word) => objectsIn(schema[word]));
