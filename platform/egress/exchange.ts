import { request as plainRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { canonical } from './addresses';
import type { Checked } from './guard';
import { EgressRefused } from './refused';

/** One request, to one address. */
export interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly verifyTls: boolean;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names; one that came more than once has its values joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed; to be read with `limited`. */
  readonly body: Readable;
}

/** All of an answer's headers, bytes. */
const MOST_HEADER_BYTES = 64 * 1_024;

/**
 * Asks the checked addresses and no other; answers once the headers are there. Knows no proxy, keeps no connection, follows
 * nothing. Rejects with EgressRefused: CONNECTION, TLS, RESPONSE_LIMIT (headers), HEADER_INVALID, TIMEOUT (`stop`).
 */
export function exchange({ url, addresses }: Checked, asked: Asked, stop: AbortSignal): Promise<Answer> {
  const secure = url.protocol === 'https:';
  const options: RequestOptions & { rejectUnauthorized: boolean } = {
    method: asked.method,
    headers: asked.headers,
    agent: false,
    lookup: pinned(addresses),
    maxHeaderSize: MOST_HEADER_BYTES,
    rejectUnauthorized: asked.verifyTls,
    signal: stop,
  };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(refusalOf(error, stop));
    try {
      const request = secure ? tlsRequest(url, options) : plainRequest(url, options);
      request.maxHeadersCount = 0; // bounded by their bytes; a count would drop the rest without a word
      request.on('socket', (socket) => socket.once('connect', () => meant(socket.remoteAddress, addresses, request)));
      request.on('error', fail);
      request.on('response', (response) => resolve(answerOf(response)));
      request.end(asked.body ?? undefined);
    } catch (error) {
      fail(error);
    }
  });
}

/** A second look at the address, when it is no longer a matter of names. */
function meant(
  remote: string | undefined,
  addresses: readonly string[],
  request: { destroy(error: Error): void },
): void {
  const known = addresses.map(canonical);
  if (remote === undefined || known.includes(canonical(remote))) return;
  request.destroy(new EgressRefused('EGRESS_BLOCKED', `${remote} was not what was checked`));
}

/** Answers with what was checked, so that the name is not resolved a second time. */
const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) done(null, all);
    else done(null, all[0]!.address, all[0]!.family);
  };

function answerOf(response: IncomingMessage): Answer {
  const headers = Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values]) => [name, (values ?? []).join(', ')]),
  );
  return { status: response.statusCode ?? 0, headers, body: plainBody(response, headers) };
}

function plainBody(response: IncomingMessage, headers: Answer['headers']): Readable {
  const decoder = DECODERS[(headers['content-encoding'] ?? '').trim().toLowerCase()];
  // Whoever reads it is told how it ended: an error of either stream destroys the last one.
  return decoder === undefined ? response : pipeline(response, decoder(), () => undefined);
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/** Passes on at most so many bytes. Throws EgressRefused: RESPONSE_LIMIT beyond them, else why the answer ended early. */
export async function* limited({ body }: Answer, mostBytes: number, stop: AbortSignal): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new EgressRefused('RESPONSE_LIMIT', `the answer is larger than ${mostBytes} bytes`);
      yield chunk;
    }
  } catch (error) {
    throw refusalOf(error, stop);
  } finally {
    body.destroy();
  }
}

const TLS = /CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO/;
const HEADERS = new Set(['ERR_INVALID_CHAR', 'ERR_INVALID_HTTP_TOKEN', 'ERR_HTTP_INVALID_HEADER_VALUE']);

function refusalOf(error: unknown, stop: AbortSignal): Error {
  if (error instanceof EgressRefused) return error;
  if (stop.aborted && stop.reason instanceof Error) return stop.reason;
  if (!(error instanceof Error)) return new Error('the request failed', { cause: error });
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  if (code === 'HPE_HEADER_OVERFLOW')
    return new EgressRefused('RESPONSE_LIMIT', `the answer has more than ${MOST_HEADER_BYTES} bytes of headers`);
  if (HEADERS.has(code)) return new EgressRefused('HEADER_INVALID', error.message);
  return new EgressRefused(TLS.test(code) ? 'TLS' : 'CONNECTION', code);
}
