/** One request of the matrix. */
export interface MatrixRequest {
  readonly method: string;
  /** Path from the server's root, with the query. */
  readonly path: string;
  readonly body?: object | FormData | undefined;
}

export interface MatrixResponse {
  readonly status: number;
  readonly type: string;
  /** For a stream without an end, the text received in `streamReadMs`. */
  readonly text: string;
}

const REQUEST_TIMEOUT_MS = 15_000;
/** How long a stream is read, ms. */
const STREAM_READ_MS = 300;

/** Sends with the token; null: anonymous. A stream is read for `streamReadMs`. */
export async function sendRequest(
  baseUrl: string,
  { method, path, body }: MatrixRequest,
  token: string | null,
  streamReadMs = STREAM_READ_MS,
): Promise<MatrixResponse> {
  const isJson = body !== undefined && !(body instanceof FormData);
  const abort = new AbortController();
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(isJson && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    signal: AbortSignal.any([abort.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = type.startsWith('text/event-stream')
    ? await readStream(response, abort, streamReadMs)
    : await response.text();
  return { status: response.status, type, text };
}

/** The text of a stream within `streamReadMs`. */
async function readStream(response: Response, abort: AbortController, streamReadMs: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  const timer = setTimeout(() => abort.abort(), streamReadMs);
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  return text;
}
