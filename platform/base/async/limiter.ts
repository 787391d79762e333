/** Runs work, at most a number of pieces at once, in order of arrival. */
export type Limiter = <T>(signal: AbortSignal | null, work: () => Promise<T>) => Promise<T>;

/** An aborted signal rejects what still waits, with its reason; what runs is not stopped. */
export function createLimiter(atOnce: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];

  const acquire = (signal: AbortSignal | null) =>
    new Promise<void>((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.push(start);
    });

  return async (signal, work) => {
    signal?.throwIfAborted();
    if (running >= atOnce) await acquire(signal);
    else running++;
    try {
      return await work();
    } finally {
      // The place passes to the work that waits longest: new work does not overtake it.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
