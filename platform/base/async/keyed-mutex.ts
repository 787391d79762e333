/** Runs work of the same key in order of arrival; work of different keys runs at once. */
export function createKeyedMutex(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<void>>();
  return async (name, work) => {
    const previous = tails.get(name);
    let release: () => void = () => undefined;
    const current = new Promise<void>((done) => (release = done));
    tails.set(name, current);
    try {
      await previous;
      return await work();
    } finally {
      release();
      if (tails.get(name) === current) tails.delete(name);
    }
  };
}
