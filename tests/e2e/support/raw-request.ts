import { createHmac } from 'node:crypto';
import axios from 'axios';
import type { RunFacts } from '../../../helpers/target/run-facts';

export interface RawRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** Path from the server's root. */
  readonly path: string;
  readonly token?: string;
  /** `false`: the header is not sent. */
  readonly headers?: Readonly<Record<string, string | false>>;
  /** A text is sent unchanged. */
  readonly body?: object | string;
}

export interface RawResponse {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const REQUEST_TIMEOUT_MS = 15_000;

/** Sends one request without the client, which cannot send invalid ones. */
export async function sendRawRequest(
  { url }: Pick<RunFacts, 'url'>,
  { method = 'GET', path, token, headers, body }: RawRequest,
): Promise<RawResponse> {
  const response = await axios.request<string>({
    method,
    url: `${url}${path}`,
    timeout: REQUEST_TIMEOUT_MS,
    maxRedirects: 0,
    validateStatus: null,
    proxy: false,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(typeof body === 'object' && { 'content-type': 'application/json' }),
      ...headers,
    },
    data: typeof body === 'object' ? JSON.stringify(body) : body,
    transformRequest: (text: string) => text,
    transformResponse: (text: string) => text,
  });
  return {
    status: response.status,
    text: response.data,
    headers: Object.fromEntries(Object.entries(response.headers)),
  };
}

/**
 * `[status, code, reason]` of a response with an error envelope; `[status, text]` of any other.
 */
export function errorSummary({ status, text }: RawResponse): unknown[] {
  if (status < 400 || !text.startsWith('{')) return [status, text];
  const { code, details } = JSON.parse(text) as { code?: string; details?: { reason?: string } };
  return code === undefined ? [status, text] : [status, code, ...(details?.reason ? [details.reason] : [])];
}

const base64Json = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Signs a token without a library, so that claims and header may be invalid. */
export function signToken(secret: string, claims: object, header: object = {}, algorithm = 'sha256'): string {
  const signed = `${base64Json({ alg: 'HS256', typ: 'JWT', ...header })}.${base64Json(claims)}`;
  return `${signed}.${createHmac(algorithm, secret).update(signed).digest('base64url')}`;
}

/** A token with an empty signature. */
export const unsignedToken = (claims: object, header: object): string =>
  `${base64Json({ typ: 'JWT', ...header })}.${base64Json(claims)}.`;
