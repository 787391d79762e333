import type { Json, JsonObject } from '../../contract/json';
import { urlOf } from './guard';
import type { Journey } from './follow';
import { EgressRefused } from './refused';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const MOST_SECONDS = 300;
const LEAST_SECONDS = 0.05;
const MOST_REDIRECTS = 100;

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** They say where a message ends, or belong to one connection: not for those who only write its contents. */
const FRAMING = new Set([
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

export interface HttpParameters extends Journey {
  readonly timeoutSeconds: number;
  /** How the password goes over the wire: to be masked where a server says it back. The rest is masked by the worker. */
  readonly secret: string | null;
}

/** The parameters of `core.http_request`. Throws EgressRefused: PARAMETER_INVALID, HEADER_INVALID, EGRESS_BLOCKED. */
export function httpParameters(given: JsonObject): HttpParameters {
  const url = urlOf(textOf(given, 'url') ?? '');
  for (const [name, value] of Object.entries(mapOf(given, 'query_params'))) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, plain(one));
  }
  const method = (textOf(given, 'method') ?? 'GET').toUpperCase();
  if (!METHODS.includes(method)) throw wrong('method', METHODS.join(', '));
  const { body, type } = bodyOf(given);
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br', ...type };
  for (const [name, value] of Object.entries(mapOf(given, 'headers'))) {
    headers[name.toLowerCase()] = headerValue(name, plain(value));
  }
  const authorization = authorizationOf(given);
  return {
    url,
    asked: {
      method,
      body,
      headers: authorization === null ? headers : { ...headers, authorization },
      verifyTls: flagOf(given, 'verify_ssl') ?? true,
    },
    mostRedirects: (flagOf(given, 'follow_redirects') ?? true) ? wholeOf(given, 'max_redirects', 10) : null,
    timeoutSeconds: secondsOf(given),
    secret: /^Basic (.{4,})$/.exec(authorization ?? '')?.[1] ?? null,
  };
}

function bodyOf(given: JsonObject): { body: string | null; type: Record<string, string> } {
  if (given.json_body !== undefined && given.json_body !== null)
    return { body: JSON.stringify(given.json_body), type: { 'content-type': 'application/json' } };
  return { body: given.body === undefined || given.body === null ? null : plain(given.body), type: {} };
}

function authorizationOf(given: JsonObject): string | null {
  const type = (textOf(given, 'auth_type') ?? 'none').toLowerCase();
  if (type === 'none') return null;
  if (type === 'bearer') return headerValue('authorization', `Bearer ${textOf(given, 'auth_token') ?? ''}`);
  if (type !== 'basic') throw wrong('auth_type', 'none, basic or bearer');
  const login = `${textOf(given, 'auth_username') ?? ''}:${textOf(given, 'auth_password') ?? ''}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

/** Names the header, never its value: that may be a secret. */
function headerValue(name: string, value: string): string {
  if (!HEADER_NAME.test(name)) throw new EgressRefused('HEADER_INVALID', `${JSON.stringify(name)} is no header's name`);
  if (FRAMING.has(name.toLowerCase())) throw new EgressRefused('HEADER_INVALID', `${name} is not yours to set`);
  if (HEADER_VALUE.test(value)) return value;
  throw new EgressRefused('HEADER_INVALID', `the value of ${name} has a line break or another character of no header`);
}

function textOf(given: JsonObject, name: string): string | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw wrong(name, 'a text');
}

function mapOf(given: JsonObject, name: string): JsonObject {
  const value = given[name];
  if (value === undefined || value === null) return {};
  if (isMap(value)) return value;
  throw wrong(name, 'an object');
}

/** Not the contract's own `isObject`: with it come all schemas, and this process lives for one request. */
export const isMap = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function flagOf(given: JsonObject, name: string): boolean | undefined {
  const value = given[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrong(name, 'true or false');
}

function wholeOf(given: JsonObject, name: string, otherwise: number): number {
  const value = Number(given[name] ?? otherwise);
  if (Number.isInteger(value) && value >= 0 && value <= MOST_REDIRECTS) return value;
  throw wrong(name, `a whole number from 0 to ${MOST_REDIRECTS}`);
}

function secondsOf(given: JsonObject): number {
  const value = Number(given.timeout ?? 30);
  if (value >= LEAST_SECONDS && value <= MOST_SECONDS) return value;
  throw wrong('timeout', `a number of seconds from ${LEAST_SECONDS} to ${MOST_SECONDS}`);
}

const plain = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const wrong = (name: string, right: string) => new EgressRefused('PARAMETER_INVALID', `${name} must be ${right}`);
