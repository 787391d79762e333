/** For work that reports what failed: no failure is expected. */
export const throwError = (error: unknown): never => {
  throw error;
};
