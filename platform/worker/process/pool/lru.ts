interface Closable {
  close(): Promise<void>;
}

/** The values of the keys that were used last. What leaves it is closed. */
export interface UsedLast<Value> {
  get(key: string): Value | undefined;
  /** Makes the key the one used last. */
  set(key: string, value: Value): void;
  /** Removes the values of which `matches` is true. */
  removeAll(matches: (value: Value) => boolean): void;
  /** Removes all, and resolves when everything that was removed is closed. */
  close(): Promise<void>;
}

/** `closableOf`: what of a value is closed; null: nothing. */
export function keepRecentlyUsed<Value>(max: number, closableOf: (value: Value) => Closable | null): UsedLast<Value> {
  const values = new Map<string, Value>(); // its order is that of the last use
  const closing = new Set<Promise<void>>();
  const remove = (key: string, value: Value) => {
    values.delete(key);
    const closable = closableOf(value);
    if (closable === null) return;
    const closed = closable.close().finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const removeAll = (matches: (value: Value) => boolean) => {
    for (const [key, value] of values) if (matches(value)) remove(key, value);
  };
  return {
    get: (key) => values.get(key),
    set: (key, value) => {
      values.delete(key);
      values.set(key, value);
      for (const [leastRecent, unused] of [...values].slice(0, -max)) remove(leastRecent, unused);
    },
    removeAll,
    close: async () => {
      removeAll(() => true);
      await Promise.all(closing);
    },
  };
}
