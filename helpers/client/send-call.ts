import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import axios, { isAxiosError, type AxiosResponse } from 'axios';
import { ErrorEnvelope, TokenErrorEnvelope } from '../../contract/errors';
import { textOrJson } from '../../contract/json-text/text-or-json';
import { ApiError } from '../errors';
import type { Call } from './call';
import { JSON_BODIES } from './json-bodies';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { shownText } from './shown-text';
import { matches } from './validate';

export interface ConnectionOptions {
  baseUrl: string;
  /** A function returns the one to send with a call. */
  token?: string | (() => string);
  /** For the response to a call without a time of its own; 10 s by default. */
  timeoutMs?: number;
  /**
   * Called for every response with the call, the status, the duration (ms), and the body unless it
   * is a stream.
   */
  observe?: (call: Call, status: number, ms: number, body: unknown) => void;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Sends one call. Never retries, never logs; throws ApiError outside 2xx and without a response.
 */
export async function sendCall(
  { baseUrl, token, timeoutMs: ownMs = DEFAULT_TIMEOUT_MS, observe }: ConnectionOptions,
  call: Call,
  isStreamed = false,
): Promise<AxiosResponse<unknown>> {
  const startedAt = performance.now();
  const timeoutMs = call.timeoutMs ?? ownMs;
  const timeout = new ReadingTimeout(timeoutMs);
  const bearer = typeof token === 'function' ? token() : token;
  const response = await axios
    .request<unknown>({
      method: call.method,
      url: `${baseUrl}${call.root ? '' : '/api/v1'}${call.path}`,
      params: call.query,
      data: call.body,
      transformRequest: JSON_BODIES.transformRequest,
      transformResponse: JSON_BODIES.transformResponse,
      headers: {
        ...call.headers,
        ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
        ...(call.idempotencyKey && { 'Idempotency-Key': call.idempotencyKey }),
      },
      signal: timeout.signal,
      proxy: false,
      maxRedirects: 0,
      validateStatus: null,
      ...(isStreamed && { responseType: 'stream' as const }),
    })
    .catch((error: unknown) => {
      if (timeout.signal.aborted) throw noResponse(call, 'ECONNABORTED', `no response within ${timeoutMs} ms`);
      throw isAxiosError(error) ? noResponse(call, error.code ?? 'NO_RESPONSE', error.message) : error;
    })
    .finally(() => timeout.stop());
  const { status, data } = response;
  observe?.(call, status, performance.now() - startedAt, isStreamed ? undefined : data);
  if (status >= 200 && status < 300) return response;
  throw errorFromResponse(call, status, isStreamed ? await readErrorBody(data as Readable) : data);
}

const noResponse = ({ method, path }: Call, code: string, message: string): ApiError =>
  new ApiError({ method, path, status: 0, code, message, body: '' });

/** Body of a streamed error response: JSON, else text. */
async function readErrorBody(stream: Readable): Promise<unknown> {
  const body = await text(stream);
  try {
    return parseJsonText(body);
  } catch {
    return body;
  }
}

/**
 * The error for a response outside 2xx: error envelope, envelope of the token check, or plain
 * text.
 */
function errorFromResponse({ method, path }: Call, status: number, data: unknown): ApiError {
  const at = { method, path, status };
  if (matches(ErrorEnvelope, data)) return new ApiError({ ...at, code: data.code, message: data.error, body: data });
  if (matches(TokenErrorEnvelope, data)) {
    return new ApiError({ ...at, code: 'TOKEN_REJECTED', message: data.error.message, body: data });
  }
  const text = textOrJson(data);
  return new ApiError({ ...at, code: `HTTP_${status}`, message: shownText(text) || 'no body', body: text });
}

const PARTS = 20;

/**
 * Aborts after a time in which this process could have read a response, ms. If the host does not
 * run the process for seconds, a plain timer fires before the response that has long arrived is
 * read: here each part of the time ends in an iteration of the event loop of its own.
 */
class ReadingTimeout {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    let partsLeft = PARTS;
    this.#timer = setInterval(() => {
      if (--partsLeft === 0) this.#controller.abort();
    }, ms / PARTS);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
