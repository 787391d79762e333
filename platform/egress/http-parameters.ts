import type { Json, JsonObject } from '../../contract/json';
import { textOrJson } from '../../contract/json-text/text-or-json';
import { writeJson } from '../../contract/json-text/write-json';
import { isHeaderName, isHeaderValue } from '../../contract/text/http-header';
import { parseEgressUrl } from './egress-guard';
import type { RedirectRequest } from './follow-redirects';
import { EgressError } from './egress-error';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const MAX_TIMEOUT_SECONDS = 300;
const MIN_TIMEOUT_SECONDS = 0.05;
const MAX_REDIRECTS = 100;

/** Headers of message framing or of one connection, which the HTTP client sets itself. */
const FRAMING_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface HttpParameters extends RedirectRequest {
  readonly timeoutSeconds: number;
  /** The encoded password, masked where a server echoes it. The worker masks all other secrets. */
  readonly secret: string | null;
}

/**
 * The parameters of `core.http_request`. Throws EgressError: PARAMETER_INVALID, HEADER_INVALID,
 * EGRESS_BLOCKED.
 */
export function parseHttpParameters(parameters: JsonObject): HttpParameters {
  const url = parseEgressUrl(textParameter(parameters, 'url') ?? '');
  addQuery(url, objectParameter(parameters, 'query_params'));
  const method = (textParameter(parameters, 'method') ?? 'GET').toUpperCase();
  if (!METHODS.includes(method)) throw parameterError('method', METHODS.join(', '));
  const { body, type } = requestBody(parameters);
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br', ...type };
  for (const [name, value] of Object.entries(objectParameter(parameters, 'headers'))) {
    headers[name.toLowerCase()] = headerValue(name, textOrJson(value));
  }
  const authorization = authorizationHeader(parameters);
  return {
    url,
    request: {
      method,
      body,
      headers: authorization === null ? headers : { ...headers, authorization },
      verifyTls: booleanParameter(parameters, 'verify_ssl') ?? true,
    },
    maxRedirects:
      (booleanParameter(parameters, 'follow_redirects') ?? true)
        ? integerParameter(parameters, 'max_redirects', 10)
        : null,
    timeoutSeconds: timeoutParameter(parameters),
    secret: /^Basic (.{4,})$/.exec(authorization ?? '')?.[1] ?? null,
  };
}

/** The query that the URL has stays byte for byte: it may be signed. */
function addQuery(url: URL, parameters: JsonObject): void {
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const item of Array.isArray(value) ? value : [value]) added.append(name, textOrJson(item));
  }
  if (added.size > 0) url.search = [url.search.slice(1), added.toString()].filter((part) => part !== '').join('&');
}

function requestBody(parameters: JsonObject): { body: string | null; type: Record<string, string> } {
  if (parameters.json_body !== undefined && parameters.json_body !== null)
    return { body: writeJson(parameters.json_body), type: { 'content-type': 'application/json' } };
  return {
    body: parameters.body === undefined || parameters.body === null ? null : textOrJson(parameters.body),
    type: {},
  };
}

function authorizationHeader(parameters: JsonObject): string | null {
  const type = (textParameter(parameters, 'auth_type') ?? 'none').toLowerCase();
  if (type === 'none') return null;
  if (type === 'bearer') return headerValue('authorization', `Bearer ${textParameter(parameters, 'auth_token') ?? ''}`);
  if (type !== 'basic') throw parameterError('auth_type', 'none, basic or bearer');
  const login = `${textParameter(parameters, 'auth_username') ?? ''}:${textParameter(parameters, 'auth_password') ?? ''}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

/** The error message names the header, never its value, which may be a secret. */
function headerValue(name: string, value: string): string {
  if (!isHeaderName(name)) throw new EgressError('HEADER_INVALID', `${writeJson(name)} is not a header name`);
  if (FRAMING_HEADERS.has(name.toLowerCase())) throw new EgressError('HEADER_INVALID', `${name} cannot be set`);
  if (isHeaderValue(value)) return value;
  throw new EgressError('HEADER_INVALID', `the value of ${name} has a line break or another invalid character`);
}

function textParameter(parameters: JsonObject, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw parameterError(name, 'a text');
}

function objectParameter(parameters: JsonObject, name: string): JsonObject {
  const value = parameters[name];
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw parameterError(name, 'an object');
}

/** Not the contract's `isObject`: importing it loads all schemas, in a process for one request. */
export const isJsonObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function booleanParameter(parameters: JsonObject, name: string): boolean | undefined {
  const value = parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw parameterError(name, 'true or false');
}

function integerParameter(parameters: JsonObject, name: string, fallback: number): number {
  const value = Number(parameters[name] ?? fallback);
  if (Number.isInteger(value) && value >= 0 && value <= MAX_REDIRECTS) return value;
  throw parameterError(name, `a whole number from 0 to ${MAX_REDIRECTS}`);
}

function timeoutParameter(parameters: JsonObject): number {
  const value = Number(parameters.timeout ?? 30);
  if (value >= MIN_TIMEOUT_SECONDS && value <= MAX_TIMEOUT_SECONDS) return value;
  throw parameterError('timeout', `a number of seconds from ${MIN_TIMEOUT_SECONDS} to ${MAX_TIMEOUT_SECONDS}`);
}

const parameterError = (name: string, expected: string) =>
  new EgressError('PARAMETER_INVALID', `${name} must be ${expected}`);
