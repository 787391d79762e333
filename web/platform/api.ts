import type { Page } from '../../contract/envelopes';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';
import { failureOf, reach } from './api-failure';
import { forgetSession, validToken } from './session';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Query;
  /** Sent as JSON, but for a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request of the session, and returns its response; once more where its token is refused
 * and the cookie has another. Throws ApiFailure; 401 also ends the session.
 */
export async function send(path: string, { method = 'GET', query = {}, body, headers, signal }: Call = {}) {
  const sendAs = (token: string): Promise<Response> => {
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: body instanceof FormData ? body : writeJson(body) }),
      ...(signal && { signal }),
    };
    return reach(`${path}${queryText(query)}`, init, 'the page tries again by itself');
  };
  const token = await validToken();
  let response = await sendAs(token);
  if (response.status === 401) response = await sendAs(await validToken(token));
  if (response.ok) return response;
  if (response.status === 401) forgetSession();
  throw await failureOf(response);
}

/** `data` of the response. */
export async function get<T>(path: string, call: Omit<Call, 'method' | 'body'> = {}): Promise<T> {
  return (await documentOf<{ readonly data: T }>(await send(path, call))).data;
}

/** The document of a response: integers beyond 2^53 are bigints. */
const documentOf = async <T>(response: Response): Promise<T> => parseJsonText(await response.text()) as T;

/** One page of a list. */
export async function list<T>(path: string, query: Query, signal?: AbortSignal): Promise<Page<T>> {
  return documentOf(await send(path, { query, ...(signal && { signal }) }));
}

/** `data` of the response to a change. */
export async function change<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await send(path, { method, ...(body !== undefined && { body }) });
  return (await documentOf<{ readonly data: T }>(response)).data;
}

/** Without what is undefined or empty. */
export function queryText(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
