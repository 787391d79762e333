import { messageOf } from './errors';

/** Parts of one piece of work, of which none that throws keeps the others from being heard. */
export interface Parts {
  /** What the part answers; `instead` where it throws. */
  take<T>(name: string, instead: T, part: () => Promise<T>): Promise<T>;
  /** Which parts threw, and what: one sentence each. */
  readonly broken: readonly string[];
}

export function openParts(): Parts {
  const broken: string[] = [];
  return {
    broken,
    take: async (name, instead, part) => {
      try {
        return await part();
      } catch (error) {
        broken.push(`${name} did not get to its end: ${messageOf(error)}`);
        return instead;
      }
    },
  };
}
