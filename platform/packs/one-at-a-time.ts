/** Has work of one name done in the order in which it came; that of different names goes on at once. */
export function oneAtATime(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<void>>();
  return async (name, work) => {
    const before = last.get(name);
    let release: () => void = () => undefined;
    const mine = new Promise<void>((done) => (release = done));
    last.set(name, mine);
    try {
      await before;
      return await work();
    } finally {
      release();
      if (last.get(name) === mine) last.delete(name);
    }
  };
}
