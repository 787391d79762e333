import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { errorCode } from '../base/error-details';
import { canonicalAddress } from '../base/http/addresses';
import type { CheckedUrl } from './egress-guard';
import { EgressError } from './egress-error';

/** One request, to one address. */
export interface OutgoingRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly verifyTls: boolean;
}

export interface EgressResponse {
  readonly status: number;
  /** Lower-case names; the values of a repeated header are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed; read it with `readLimited`. */
  readonly body: Readable;
}

/** Limit of all response headers together. */
const MAX_HEADER_BYTES = 64 * 1_024;

/**
 * Sends a request to the checked addresses only; resolves when the response headers are read. Uses
 * no proxy and no kept connection, and follows no redirect. Rejects with EgressError: CONNECTION,
 * TLS, RESPONSE_LIMIT (headers), HEADER_INVALID, TIMEOUT (`stop`).
 */
export function sendPinnedRequest(
  { url, addresses }: CheckedUrl,
  outgoing: OutgoingRequest,
  stop: AbortSignal,
): Promise<EgressResponse> {
  const isHttps = url.protocol === 'https:';
  const options: RequestOptions & { rejectUnauthorized: boolean } = {
    method: outgoing.method,
    headers: { ...outgoing.headers, ...bodyLength(outgoing.body) },
    agent: false,
    lookup: pinnedLookup(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    rejectUnauthorized: outgoing.verifyTls,
    signal: stop,
  };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(toEgressError(error, stop));
    try {
      const request = isHttps ? tlsRequest(url, options) : plainRequest(url, options);
      request.maxHeadersCount = 0; // limited by bytes; a count limit would drop headers silently
      request.on('socket', (socket) =>
        socket.once('connect', () => verifyRemoteAddress(socket.remoteAddress, addresses, request)),
      );
      request.on('error', fail);
      request.on('response', (response) => resolve(toResponse(response)));
      request.end(outgoing.body ?? undefined);
    } catch (error) {
      fail(error);
    }
  });
}

/** Node.js states none for DELETE, GET, HEAD and OPTIONS: the body would be another request. */
const bodyLength = (body: string | null): Record<string, string> =>
  body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };

/** Checks the address of the connected socket. */
function verifyRemoteAddress(
  remote: string | undefined,
  addresses: readonly string[],
  request: { destroy(error: Error): void },
): void {
  const known = addresses.map(canonicalAddress);
  if (remote === undefined || known.includes(canonicalAddress(remote))) return;
  request.destroy(new EgressError('EGRESS_BLOCKED', `${remote} is not a checked address`));
}

/** Returns the checked addresses, so that the name is not resolved a second time. */
const pinnedLookup =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) done(null, all);
    else done(null, all[0]!.address, all[0]!.family);
  };

function toResponse(response: IncomingMessage): EgressResponse {
  const headers = Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  );
  return { status: response.statusCode ?? 0, headers, body: decodedBody(response, headers) };
}

function decodedBody(response: IncomingMessage, headers: EgressResponse['headers']): Readable {
  const decoder = DECODERS[(headers['content-encoding'] ?? '').trim().toLowerCase()];
  // An error of either stream destroys the decoder, so its reader receives the error.
  return decoder === undefined ? response : pipeline(response, decoder(), () => undefined);
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/**
 * Yields at most `maxBytes`. Throws EgressError: RESPONSE_LIMIT beyond them, else the reason why
 * the response ended early.
 */
export async function* readLimited(
  { body }: EgressResponse,
  maxBytes: number,
  stop: AbortSignal,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new EgressError('RESPONSE_LIMIT', `the response is larger than ${maxBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    throw toEgressError(error, stop);
  } finally {
    body.destroy();
  }
}

const TLS_ERROR = /CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO/;
const INVALID_HEADER_CODES = new Set(['ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN', 'ERR_HTTP_INVALID_HEADER_VALUE']);

function toEgressError(error: unknown, stop: AbortSignal): Error {
  if (error instanceof EgressError) return error;
  if (stop.aborted && stop.reason instanceof Error) return stop.reason;
  if (!(error instanceof Error)) return new Error('the request failed', { cause: error });
  const code = errorCode(error) ?? error.message;
  if (code === 'HPE_HEADER_OVERFLOW')
    return new EgressError('RESPONSE_LIMIT', `the response has more than ${MAX_HEADER_BYTES} bytes of headers`);
  if (INVALID_HEADER_CODES.has(code)) return new EgressError('HEADER_INVALID', error.message);
  return new EgressError(TLS_ERROR.test(code) ? 'TLS' : 'CONNECTION', code);
}
