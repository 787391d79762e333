import { Interrupted } from './errors';

/**
 * The result of work. Rejects with Interrupted as soon as `stop` aborts; what the work then throws
 * is ignored, as what it uses is being closed.
 */
export async function unlessInterrupted<T>(stop: AbortSignal, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    const abort = () => reject(new Interrupted());
    if (stop.aborted) abort();
    else stop.addEventListener('abort', abort, { once: true, signal: ended.signal });
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([interrupted, work]);
  } finally {
    ended.abort();
  }
}
