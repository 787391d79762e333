/** Runs work that `end` ends where a signal stops the run. What it leaves, the teardown ends. */
export async function endOnStop<T>(stop: AbortSignal, end: () => Promise<unknown>, work: () => Promise<T>): Promise<T> {
  const onAbort = () => void end().catch(() => undefined);
  stop.addEventListener('abort', onAbort, { once: true });
  try {
    return await work();
  } finally {
    stop.removeEventListener('abort', onAbort);
  }
}
