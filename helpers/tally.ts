import { AsyncLocalStorage } from 'node:async_hooks';

/** Assertions made inside one claim. Jest's own count is shared by concurrent tests. */
export interface Tally {
  assertions: number;
}

const tallies = new AsyncLocalStorage<Tally>();

/** Makes the file's `expect` count into the claim it is called from. Calling it again changes nothing more. */
export function countAssertions(): void {
  const counting = new Proxy(expect, {
    apply: (target, self, given) => {
      const tally = tallies.getStore();
      if (tally) tally.assertions += 1;
      return Reflect.apply(target, self, given) as unknown;
    },
  });
  Reflect.set(globalThis, 'expect', counting);
}

export const withTally = <T>(tally: Tally, body: () => Promise<T>): Promise<T> => tallies.run(tally, body);
