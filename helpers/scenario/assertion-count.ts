import { AsyncLocalStorage } from 'node:async_hooks';

/** Number of assertions in one test body. Jest's own count is shared by concurrent tests. */
export interface AssertionCounter {
  assertions: number;
}

const counters = new AsyncLocalStorage<AssertionCounter>();

/**
 * Makes the file's `expect` count into the test body that calls it. Calling this twice is
 * harmless.
 */
export function countAssertions(): void {
  const counting = new Proxy(expect, {
    apply: (target, self, args) => {
      const counter = counters.getStore();
      if (counter) counter.assertions += 1;
      return Reflect.apply(target, self, args) as unknown;
    },
  });
  Reflect.set(globalThis, 'expect', counting);
}

export const withAssertionCounter = <T>(counter: AssertionCounter, body: () => Promise<T>): Promise<T> =>
  counters.run(counter, body);
