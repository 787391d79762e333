import { isObject, type Json, type JsonObject } from '../../contract/json';
import { findOperation } from './operations';
import { NESTED_RESPONSES, responseKeys, type ResponseName } from './response-tables';

export interface ObservedResponse {
  readonly method: string;
  /** From the server's root, without a query. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** The keys that a response may have beside those of the contract. */
export type AllowedExtensions = (name: ResponseName) => readonly string[];

/**
 * How a successful response differs from the contract's table of its operation: keys that are
 * missing, and keys that are neither in the table nor allowed.
 */
export function keyDifferences({ method, path, status, body }: ObservedResponse, allowed: AllowedExtensions): string[] {
  const operation = findOperation(method, path);
  if (!operation) return [`${method} ${path} is no operation`];
  if (operation.status !== status) return [`${method} ${path} returned ${status} instead of ${operation.status}`];
  if (typeof operation.shape !== 'string' || !operation.shape.includes(' ')) return [];
  const [envelope, name] = operation.shape.split(' ') as [string, ResponseName];
  const rows = rowsOf(envelope, body as Json);
  return rows.flatMap((row) => rowDifferences(name, row, allowed)).map((text) => `${method} ${path}: ${text}`);
}

function rowsOf(envelope: string, body: Json): Json[] {
  if (envelope === 'bare') return [body];
  if (envelope === 'bare[]') return body as Json[];
  const { data, items } = body as JsonObject;
  return envelope === 'page' ? (items as Json[]) : [data ?? null].flat();
}

function rowDifferences(name: ResponseName, row: Json, allowed: AllowedExtensions): string[] {
  if (!isObject(row)) return [`${name} is no object`];
  const expected = responseKeys(name);
  const known = new Set([...expected.map((key) => key.name), ...allowed(name)]);
  const missing = expected.filter((key) => !key.isOptional && !Object.hasOwn(row, key.name));
  const nested = Object.entries(NESTED_RESPONSES[name] ?? {}).filter(([key]) => isObject(row[key] ?? null));
  return [
    ...missing.map((key) => `${name} lacks ${key.name}`),
    ...Object.keys(row)
      .filter((key) => !known.has(key))
      .map((key) => `${name} has ${key}`),
    ...nested.flatMap(([key, inner]) => rowDifferences(inner, row[key]!, allowed)),
  ];
}
