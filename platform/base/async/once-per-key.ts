/** Returns a function that calls `find` once for each key, also when it fails. */
export function oncePerKey<T>(find: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const lookups = new Map<string, Promise<T>>();
  return (key) => {
    const lookup = lookups.get(key) ?? find(key);
    lookups.set(key, lookup);
    return lookup;
  };
}
