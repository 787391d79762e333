import { ApiError } from '../errors';

export type ReleaseFunction = () => unknown;

/** Releases what a test created, last in, first out. */
export interface Cleanup {
  defer(release: ReleaseFunction): void;
  /** Runs every release and returns the errors. A 404 counts as released. */
  run(): Promise<unknown[]>;
}

const isGone = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

export function createCleanup(): Cleanup {
  const releases: ReleaseFunction[] = [];
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
