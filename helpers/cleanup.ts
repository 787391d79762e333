import { ApiError } from './errors';

export type Release = () => unknown;

/** What a test made, released last in, first out. */
export interface Cleanup {
  defer(release: Release): void;
  /** Runs every release and answers every error. Gone already (404) counts as released. */
  run(): Promise<unknown[]>;
}

const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

export function createCleanup(): Cleanup {
  const releases: Release[] = [];
  return {
    defer: (release) => void releases.push(release),
    run: async () => {
      const errors: unknown[] = [];
      for (let release = releases.pop(); release; release = releases.pop()) {
        try {
          await release();
        } catch (error) {
          if (!isGone(error)) errors.push(error);
        }
      }
      return errors;
    },
  };
}
