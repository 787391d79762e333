/** One request as it goes over the wire, and the whole of what came back. */
export interface Sent {
  readonly method: string;
  /** From the server's root, query included. */
  readonly path: string;
  readonly body?: object | FormData | undefined;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  /** Empty for a stream that never ends. */
  readonly text: string;
}

const LIMIT_MS = 15_000;
/** What a live stream may have to say before it is left, ms. */
const STREAM_MS = 300;

/** Sends as the bearer of the token; null: nobody. A stream that goes on is left after `listenMs`. */
export async function send(
  baseUrl: string,
  { method, path, body }: Sent,
  token: string | null,
  listenMs = STREAM_MS,
): Promise<Answer> {
  const isJson = body !== undefined && !(body instanceof FormData);
  const leave = new AbortController();
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(isJson && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
    signal: AbortSignal.any([leave.signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = type.startsWith('text/event-stream') ? await saidBy(response, leave, listenMs) : await response.text();
  return { status: response.status, type, text };
}

/** What a stream says at once; one that goes on is left. */
async function saidBy(response: Response, leave: AbortController, listenMs: number): Promise<string> {
  const decoder = new TextDecoder();
  let said = '';
  const timer = setTimeout(() => leave.abort(), listenMs);
  try {
    for await (const chunk of response.body ?? []) said += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch (error) {
    if (!leave.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
  return said;
}

/** Every piece of work, so many at a time; the results keep the order. */
export async function pooled<T, R>(pieces: readonly T[], width: number, work: (piece: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const takeAll = async () => {
    for (let at = next++; at < pieces.length; at = next++) results[at] = await work(pieces[at]!);
  };
  await Promise.all(Array.from({ length: width }, takeAll));
  return results;
}
